//! Warnings of compilers: one that is given again word for word is left out, as happens when many files include the
//! same header; at [`Level::Strong`] so are those of a kind that was shown often enough.

use super::{Kind, slot};
use crate::filters::fold::{self, Fate};
use crate::level::Level;
use crate::page::Page;
use std::collections::{HashMap, HashSet};

/// How many warnings of one kind are shown at [`Level::Strong`].
const SHOWN: usize = 5;

pub(super) fn mark<'a>(page: &Page<'a>, fates: &mut Vec<Fate<Kind<'a>>>, level: Level) {
    if memchr::memmem::find(page.text.as_bytes(), b"arning").is_none() {
        return;
    }
    let lines = page.lines.as_slice();
    let mut seen: HashSet<&'a str> = HashSet::new();
    let mut shown: HashMap<&'a str, usize> = HashMap::new();
    let mut offset = 0;
    let mut skip_to = 0;
    for (index, line) in lines.iter().enumerate() {
        let start = offset;
        offset += line.len() + 1;
        if index < skip_to {
            continue;
        }
        let Some(code) = code(line) else { continue };
        let below = lines.get(index + 1..).unwrap_or_default();
        let more = below_head(below);
        skip_to = index + 1 + more;
        // What may go on with it is no part of it that is known: then all stays.
        if below.get(more).is_some_and(|line| line.starts_with([' ', '\t']) && !fold::blank(line)) && more > 0
        {
            continue;
        }
        let bytes = lines.iter().skip(index).take(1 + more).map(|line| line.len() + 1).sum::<usize>();
        let whole = page.text.get(start..start + bytes - 1).unwrap_or_default();
        let (from, kind) = if !seen.insert(whole) {
            (index, Kind::Repeated)
        } else {
            let count = shown.entry(code).or_default();
            *count += 1;
            if level < Level::Strong || *count <= SHOWN {
                continue;
            }
            // The head stays: it says what and where. rustc says where on the line below.
            match (more, below.first()) {
                (0, _) => (index, Kind::Capped(code)),
                (_, Some(place)) if place.trim_start_matches(' ').starts_with("--> ") => {
                    (index + 2, Kind::Excerpt)
                }
                _ => (index + 1, Kind::Excerpt),
            }
        };
        for gone in from..skip_to {
            if let Some(fate) = slot(fates, lines.len(), gone) {
                *fate = if gone == from { Fate::Counts(kind, 1) } else { Fate::Goes };
            }
        }
    }
    if level == Level::Strong {
        mark_places(lines, fates);
    }
}

/// gcc says once, above its warnings, in which function they are and from where a header was included. Where none of
/// them is shown, that goes too.
fn mark_places(lines: &[&str], fates: &mut [Fate<Kind<'_>>]) {
    // Seen from below: whether what is right below a place is shown, and whether anything there is gone.
    let (mut shown, mut gone, mut in_place) = (false, false, false);
    for (line, fate) in lines.iter().zip(fates.iter_mut()).rev() {
        if *fate == Fate::Stays && is_place(line) {
            if gone && !shown {
                *fate = Fate::Goes;
            }
            in_place = true;
            continue;
        }
        if std::mem::take(&mut in_place) {
            (shown, gone) = (false, false);
        }
        match fate {
            Fate::Stays => shown |= !fold::blank(line),
            Fate::Goes | Fate::Counts(Kind::Repeated | Kind::Capped(_), _) => gone = true,
            Fate::Counts(Kind::Progress(_) | Kind::Excerpt, _) => {}
        }
    }
}

/// `a.c: In function 'main':`, `a.c: At top level:`, `In file included from a.c:1:`.
fn is_place(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with(':')
        && (line.contains(": In function ")
            || line.ends_with(": At top level:")
            || line.starts_with("In file included from "))
}

/// What a line that begins a warning is about: `-Wunused-variable`, `unused variable`. `None` for any other line.
fn code(line: &str) -> Option<&str> {
    let line = line.trim_end_matches('\r');
    // rustc: "warning: unused variable: `x`".
    if let Some(text) = line.strip_prefix("warning: ") {
        let end = text.find(['`', ':']).unwrap_or(text.len());
        let words = text.get(..end).unwrap_or_default().trim_end();
        // "warning: `saver` (lib) generated 3 warnings" sums up.
        return (!words.is_empty()).then_some(words);
    }
    // gcc and clang: "a.c:2:25: warning: unused variable 'b' [-Wunused-variable]".
    if !line.starts_with(|c: char| c.is_whitespace())
        && let Some((place, text)) = line.split_once(": warning: ")
    {
        if !place.ends_with(|c: char| c.is_ascii_digit()) || place.contains(' ') {
            return None;
        }
        let code = text.strip_suffix(']').and_then(|text| text.rsplit_once(" [")).map(|(_, code)| code);
        return Some(code.unwrap_or(text));
    }
    eslint(line)
}

/// ESLint: `  12:5  warning  'x' is never used  no-unused-vars`.
fn eslint(line: &str) -> Option<&str> {
    let (_, rest) = fold::number(line.trim_start_matches(' '))?;
    let (_, rest) = fold::number(rest.strip_prefix(':')?)?;
    let text = rest.trim_start_matches(' ').strip_prefix("warning  ")?;
    text.trim_end().rsplit_once("  ").map(|(_, rule)| rule.trim_start())
}

/// How many of the lines below a warning's head belong to it: the code it is about with marks below, notes.
fn below_head(below: &[&str]) -> usize {
    let mut count = 0;
    while let Some((line, after)) = below.get(count..).and_then(<[&str]>::split_first) {
        count += if continues(line) {
            1
        } else if code(line).is_none() && after.first().is_some_and(|next| is_marks(next)) {
            // clang gives the code without its number, indented as it is in its file.
            2
        } else if count > 0 && is_note(line) {
            1
        } else {
            break;
        };
        // What is to be put in stands below the marks.
        let last = below.get(count - 1).is_some_and(|line| is_marks(line));
        let hint = below.get(count).filter(|hint| hint.starts_with("  ") && !fold::blank(hint));
        let next_is_marked = below.get(count + 1).is_some_and(|next| is_marks(next));
        count += usize::from(last && hint.is_some() && !next_is_marked);
    }
    count
}

/// Marks of clang below the code: `            ~~~~~   ^~~~~`.
fn is_marks(line: &str) -> bool {
    let line = line.trim_end_matches('\r');
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'^' | b'~'))
        && memchr::memchr2(b'^', b'~', line.as_bytes()).is_some()
}

/// `./ffc.h:1168:50: note: expanded from macro 'X'`.
fn is_note(line: &str) -> bool {
    let place = line.split_once(": note: ").map_or("", |(place, _)| place);
    place.ends_with(|digit: char| digit.is_ascii_digit()) && !place.contains(' ')
}

/// Whether a line goes on with the warning above: code with its line number, marks below it, notes of rustc.
fn continues(line: &str) -> bool {
    let (indent, rest) = fold::indented(line);
    let rest = fold::number(rest).map_or(rest, |(_, rest)| rest.trim_start_matches(' '));
    if rest.starts_with('|') || line.trim_end() == "..." {
        return true;
    }
    indent > 0 && (rest.starts_with("--> ") || rest.starts_with("= note: ") || rest.starts_with("= help: "))
}
