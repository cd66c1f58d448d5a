//! Two requests of a conversation beside each other: how far the later one begins as the earlier did. So far a provider
//! can read it from its cache.

use crate::console::stretches::stretches;
use crate::console::translator::pretty::pretty;
use crate::gateway::blocks::tokens;
use crate::store::KeptPart;
use app::api::payload::{Compared, Differs, Part, Turned};
use app::api::saver::Stretch;
use wire::{Step, way_words};

/// Members in which a prompt stands, by dialect, in the order in which providers put it before a model: first what tools
/// there are, then what the model is told to be, then the turns.
const PROMPT: [&[&str]; 3] = [
    &["tools", "functions"],
    &["system", "instructions", "systemInstruction", "system_instruction"],
    &["messages", "input", "contents"],
];
/// Marks of the cache move from request to request. They say what is to be kept in it and are no part of what is.
const MARKS: [&str; 2] = ["cache_control", "prompt_cache_key"];
/// What is shown of a value before the place where it differs, and behind, in bytes.
const EXCERPT: (usize, usize) = (60, 200);
/// Differences beside the prompt that are shown.
const BESIDE: usize = 12;
/// Unchanged lines shown beside a change.
const NEAR: usize = 4;
/// Lines of a change that are shown.
const CHANGE: usize = 200;
/// What is shown of a line, in bytes.
const LINE: usize = 600;
/// Strings that are longer are broken at the ends of their lines.
const BREAKS: usize = 120;

/// A value of a body.
struct Value<'t> {
    way: String,
    raw: &'t str,
}

/// A body taken apart.
#[derive(Default)]
struct Body<'t> {
    prompt: Vec<Value<'t>>,
    beside: Vec<Value<'t>>,
}

/// Compares what went to providers, or where these were asked in different formats what the client sent.
pub(super) fn compare(before: &[KeptPart], now: &[KeptPart], same_dialect: bool) -> Compared {
    fn part(parts: &[KeptPart], part: Part) -> Option<&KeptPart> {
        parts.iter().find(|kept| kept.size.part == part)
    }
    let sent = |parts| part(parts, Part::Sent);
    let went = same_dialect && (sent(before).is_some() || sent(now).is_some());
    let body = |parts| sent(parts).filter(|_| went).or_else(|| part(parts, Part::Request));
    let (Some(before), Some(now)) = (body(before), body(now)) else { return Compared::default() };
    let found = prompts(&take_apart(&before.text), &take_apart(&now.text));
    Compared {
        sent: went,
        cut: [&before, &now].iter().any(|part| part.size.kept < part.size.bytes),
        redacted: [&before, &now].iter().any(|part| part.size.redacted > 0),
        stretches: near(stretches(&lines(&before.text), &lines(&now.text))),
        ..found
    }
}

fn take_apart(text: &str) -> Body<'_> {
    let mut ranked: Vec<(usize, Value<'_>)> = Vec::new();
    let mut body = Body::default();
    wire::leaves(text.as_bytes(), &mut |way, span| {
        let Some(raw) = text.get(span) else { return };
        let mark = |step: &Step| matches!(step, Step::Member(name) if MARKS.contains(&name.as_str()));
        if way.iter().any(mark) {
            return;
        }
        let rank = match way.first() {
            Some(Step::Member(name)) => PROMPT.iter().position(|names| names.contains(&name.as_str())),
            _ => None,
        };
        let value = Value { way: way_words(way), raw };
        match rank {
            Some(rank) => ranked.push((rank, value)),
            None => body.beside.push(value),
        }
    });
    ranked.sort_by_key(|(rank, _)| *rank);
    body.prompt = ranked.into_iter().map(|(_, value)| value).collect();
    // A format that is not known here is a prompt as a whole.
    if body.prompt.is_empty() {
        std::mem::swap(&mut body.prompt, &mut body.beside);
    }
    body
}

fn bytes(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn prompts(before: &Body<'_>, now: &Body<'_>) -> Compared {
    let both = before.prompt.iter().zip(&now.prompt);
    let same = both.clone().take_while(|(was, is)| was.way == is.way && was.raw == is.raw).count();
    let mut text = String::new();
    let mut same_bytes = 0;
    for value in now.prompt.iter().take(same) {
        same_bytes += value.raw.len();
        let said = wire::unquote(value.raw.as_bytes());
        text.push_str(said.as_deref().unwrap_or(value.raw));
        text.push('\n');
    }
    let (was, is) = (before.prompt.get(same), now.prompt.get(same));
    let (turned, first) = match (was, is) {
        (None, None) => (Turned::Same, None),
        (None, Some(is)) => (Turned::Longer, Some(differs(&is.way, None, Some(is.raw)))),
        (Some(was), None) => (Turned::Shorter, Some(differs(&was.way, Some(was.raw), None))),
        (Some(was), Some(is)) if was.way == is.way => {
            let common = common(was.raw, is.raw);
            same_bytes += common;
            text.push_str(is.raw.get(..common).unwrap_or_default());
            (Turned::Changed, Some(differs(&is.way, Some(was.raw), Some(is.raw))))
        }
        // One has a member or an item that the other has not.
        (Some(was), Some(is)) => {
            let gone = !now.prompt.iter().any(|value| value.way == was.way);
            let first = if gone {
                differs(&was.way, Some(was.raw), None)
            } else {
                differs(&is.way, None, Some(is.raw))
            };
            (Turned::Changed, Some(first))
        }
    };
    Compared {
        turned,
        same_bytes: bytes(same_bytes),
        same_tokens: i64::try_from(tokens(&text)).unwrap_or(i64::MAX),
        prompt_bytes: bytes(now.prompt.iter().map(|value| value.raw.len()).sum()),
        first,
        beside: beside(&before.beside, &now.beside),
        ..Compared::default()
    }
}

/// How many bytes two values have in common at their beginning.
fn common(was: &str, is: &str) -> usize {
    let common = was.bytes().zip(is.bytes()).take_while(|(was, is)| was == is).count();
    is.floor_char_boundary(common)
}

fn differs(path: &str, was: Option<&str>, is: Option<&str>) -> Differs {
    let at = was.zip(is).map_or(0, |(was, is)| common(was, is));
    let excerpt = |raw: Option<&str>| {
        let Some(raw) = raw else { return String::new() };
        let from = raw.floor_char_boundary(at.saturating_sub(EXCERPT.0));
        let to = raw.floor_char_boundary((at + EXCERPT.1).min(raw.len()));
        let marks = [from > 0, to < raw.len()].map(|cut| if cut { "…" } else { "" });
        format!("{}{}{}", marks[0], raw.get(from..to).unwrap_or_default(), marks[1])
    };
    Differs { path: path.to_owned(), before: excerpt(was), now: excerpt(is) }
}

/// What differs beside the prompt.
fn beside(before: &[Value<'_>], now: &[Value<'_>]) -> Vec<Differs> {
    let find = |values: &[Value<'_>], way: &str| {
        values.iter().find(|value| value.way == way).map(|value| value.raw.to_owned())
    };
    let gone = before.iter().filter(|was| find(now, &was.way).is_none());
    let gone = gone.map(|was| differs(&was.way, Some(was.raw), None));
    let other = now.iter().filter_map(|is| {
        let was = find(before, &is.way);
        (was.as_deref() != Some(is.raw)).then(|| differs(&is.way, was.as_deref(), Some(is.raw)))
    });
    other.chain(gone).take(BESIDE).collect()
}

/// JSON a member a line, with long strings broken where their own lines end, so that a change in a long prompt is a
/// change of a line.
fn lines(text: &str) -> String {
    let pretty = pretty(text.as_bytes());
    let mut out = String::with_capacity(pretty.len() + pretty.len() / 32);
    for line in pretty.lines() {
        if line.len() <= BREAKS {
            out.push_str(line);
        } else {
            for part in line.split_inclusive("\\n") {
                let cut = part.floor_char_boundary(LINE.min(part.len()));
                out.push_str(part.get(..cut).unwrap_or_default());
                if cut < part.len() {
                    // What is cut off counts all the same: two lines that differ there must not look alike.
                    out.push_str(&format!("… ({} more bytes, {:08x})", part.len() - cut, sum(part)));
                }
                out.push('\n');
            }
            continue;
        }
        out.push('\n');
    }
    out
}

/// A number that tells two lines apart.
fn sum(line: &str) -> u32 {
    line.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The stretches without unchanged lines that are far from a change.
fn near(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let last = stretches.len().saturating_sub(1);
    let mut found = Vec::new();
    for (place, mut stretch) in stretches.into_iter().enumerate() {
        if !stretch.same {
            for side in [&mut stretch.lines, &mut stretch.now] {
                let more = side.len().saturating_sub(CHANGE);
                if more > 0 {
                    side.truncate(CHANGE);
                    side.push(format!("… ({more} more lines)"));
                }
            }
            found.push(stretch);
            continue;
        }
        let (head, tail) = (if place == 0 { 0 } else { NEAR }, if place == last { 0 } else { NEAR });
        if stretch.lines.len() <= head + tail {
            found.push(stretch);
            continue;
        }
        let from = stretch.lines.len() - tail;
        let piece = |range: std::ops::Range<usize>| Stretch {
            from: stretch.from + range.start,
            now_from: stretch.now_from + range.start,
            same: true,
            lines: stretch.lines.get(range).unwrap_or_default().to_vec(),
            now: Vec::new(),
        };
        found.extend(
            [piece(0..head), piece(from..stretch.lines.len())].into_iter().filter(|it| !it.lines.is_empty()),
        );
    }
    found
}

#[cfg(test)]
mod tests;
