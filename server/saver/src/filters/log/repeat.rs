//! Lines, and blocks of up to eight lines, that come several times one after another.

use super::Item;
use crate::marker;

/// The longest block that is looked for.
pub(super) const LONGEST: usize = 8;

/// What a marker must save, in bytes: it costs some tokens itself, and makes a text harder to read.
const LEAST: usize = 40;

/// The lines with repeated ones said once. `None` when none are.
pub(super) fn fold<'a>(lines: &[&'a str]) -> Option<Vec<Item<'a>>> {
    let mut items: Option<Vec<Item<'a>>> = None;
    let mut known_to = [0; LONGEST + 1];
    let mut at = 0;
    // The first line that is not among the items yet.
    let mut copied = 0;
    while at < lines.len() {
        let Some((block, times)) = best(lines, at, &mut known_to) else {
            at += 1;
            continue;
        };
        let marker = marker(block, times - 1);
        let removed: usize =
            lines.iter().skip(at + block).take(block * (times - 1)).map(|line| line.len() + 1).sum();
        if removed < marker.len() + 1 + LEAST {
            at += 1;
            continue;
        }
        let items = items.get_or_insert_default();
        items.extend(lines.iter().take(at + block).skip(copied).map(|line| Item::Line(line)));
        items.push(Item::Marker(marker, block));
        at += block * times;
        copied = at;
    }
    if let Some(items) = &mut items {
        items.extend(lines.iter().skip(copied).map(|line| Item::Line(line)));
    }
    items
}

/// The block at a line that covers most lines by repeating, and how often it stands there.
///
/// `known_to` holds, for each length of block, the line up to which each line equals the one a block later, so that
/// no line is compared twice.
fn best(lines: &[&str], at: usize, known_to: &mut [usize; LONGEST + 1]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for (block, known_to) in known_to.iter_mut().enumerate().skip(1) {
        if *known_to <= at {
            // Most lines have no equal near them.
            if lines.get(at) != lines.get(at + block) {
                continue;
            }
            let ahead = lines.get(at + block..).unwrap_or_default();
            *known_to =
                at + lines.iter().skip(at).zip(ahead).take_while(|(line, later)| line == later).count();
        }
        let times = (*known_to - at) / block + 1;
        if times > 1 && best.is_none_or(|(other, others)| block * times > other * others) {
            best = Some((block, times));
        }
    }
    best
}

fn marker(block: usize, more: usize) -> String {
    let mut marker = String::new();
    let times = if more == 1 { "once more".to_owned() } else { format!("{more} more times") };
    match block {
        1 => marker::push(&mut marker, format_args!("the line above {times}")),
        _ => marker::push(&mut marker, format_args!("the {block} lines above {times}")),
    }
    marker
}
