//! Two texts line by line.

use app::api::saver::Stretch;
use similar::{DiffTag, TextDiff};
use std::time::Duration;

/// How long lines are matched. What is found by then still tells the texts apart, in larger pieces.
const MATCHING: Duration = Duration::from_millis(500);

/// The lines of two texts, those that both have and those that stand in the place of others.
pub(super) fn stretches(text: &str, now: &str) -> Vec<Stretch> {
    let lines: Vec<&str> = text.lines().collect();
    let lines_now: Vec<&str> = now.lines().collect();
    let diff = TextDiff::configure().timeout(MATCHING).diff_slices(&lines, &lines_now);
    let owned =
        |lines: Option<&[&str]>| lines.unwrap_or_default().iter().map(|&line| line.to_owned()).collect();
    let mut found: Vec<Stretch> = Vec::new();
    for part in diff.ops() {
        let same = part.tag() == DiffTag::Equal;
        let mut stretch = Stretch {
            from: part.old_range().start + 1,
            now_from: part.new_range().start + 1,
            same,
            lines: owned(lines.get(part.old_range())),
            now: if same { Vec::new() } else { owned(lines_now.get(part.new_range())) },
        };
        match found.last_mut() {
            // What goes and what comes in its place belong together.
            Some(last) if !same && !last.same => {
                last.lines.append(&mut stretch.lines);
                last.now.append(&mut stretch.now);
            }
            _ => found.push(stretch),
        }
    }
    found
}
