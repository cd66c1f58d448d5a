//! Runs of lines of known kinds, each run replaced in place by one marker that counts them.

use crate::page::Page;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate<K> {
    /// It stays as it is.
    Stays,
    /// It belongs to a line that is counted, and goes with it.
    Goes,
    /// It goes, and its marker counts so many of a kind.
    Counts(K, usize),
}

/// What one marker stands for.
pub(super) struct Run<'r, K> {
    /// The lines left out, blank ones between them not counted.
    pub(super) lines: usize,
    /// How many of each kind, in the order in which the kinds come first.
    pub(super) kinds: &'r [(K, usize)],
}

/// When a run gives way to what was written for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Where that is shorter.
    Shorter,
    /// Whatever it costs: it stands for later runs, too; or nothing was written, since a marker above counts the run.
    Always,
}

/// The page with every run of lines that do not stay replaced by what `marker` writes for it. Blank lines inside a
/// run go with it. `None` when nothing is replaced.
pub(super) fn fold<K: Copy + PartialEq>(
    page: &Page<'_>,
    fates: &[Fate<K>],
    mut marker: impl FnMut(&mut String, &Run<'_, K>) -> When,
) -> Option<String> {
    let mut out = String::with_capacity(page.text.len());
    let mut kinds: Vec<(K, usize)> = Vec::new();
    let mut written = String::new();
    let mut folded = false;
    let mut rest = page.lines.as_slice();
    let mut fates = fates;
    let mut first = true;
    while !rest.is_empty() {
        let length = run(rest, fates);
        let (now, later) = rest.split_at(length.max(1));
        let (their, others) = fates.split_at(now.len().min(fates.len()));
        written.clear();
        let mut when = When::Shorter;
        if length > 0 {
            kinds.clear();
            for fate in their {
                if let Fate::Counts(kind, count) = fate {
                    match kinds.iter_mut().find(|(known, _)| known == kind) {
                        Some((_, total)) => *total += count,
                        None => kinds.push((*kind, *count)),
                    }
                }
            }
            let lines = their.iter().filter(|fate| !matches!(fate, Fate::Stays)).count();
            when = marker(&mut written, &Run { lines, kinds: &kinds });
        }
        let bytes = now.iter().map(|line| line.len() + 1).sum::<usize>();
        if when == When::Always && written.is_empty() {
            folded = true;
            rest = later;
            fates = others;
            continue;
        }
        let shorter = !written.is_empty() && written.len() + 1 < bytes;
        if shorter || when == When::Always {
            if !first {
                out.push('\n');
            }
            out.push_str(&written);
            if now.last().is_some_and(|line| line.ends_with('\r')) {
                out.push('\r');
            }
            folded = true;
        } else {
            for (index, line) in now.iter().enumerate() {
                if !first || index > 0 {
                    out.push('\n');
                }
                out.push_str(line);
            }
        }
        first = false;
        rest = later;
        fates = others;
    }
    folded.then_some(out)
}

/// How many lines the run at the beginning has: 0 when the first line stays. It ends with a line that goes.
fn run<K>(lines: &[&str], fates: &[Fate<K>]) -> usize {
    let mut length = 0;
    for (index, (line, fate)) in lines.iter().zip(fates).enumerate() {
        match fate {
            Fate::Stays if index > 0 && blank(line) => {}
            Fate::Stays => break,
            Fate::Goes | Fate::Counts(..) => length = index + 1,
        }
    }
    length
}

/// Whether a line shows nothing.
pub(super) fn blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// The number a text begins with, and what follows it.
pub(super) fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// How many blanks a line begins with, and what follows them.
pub(super) fn indented(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches(' ');
    (line.len() - rest.len(), rest)
}

/// Whether a text is a time as test runners print it: `12ms`, `1.5s`, `0.123456ms`, `1.2 s`.
pub(super) fn duration(text: &str) -> bool {
    let end = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let Some((digits, unit)) = text.split_at_checked(end) else { return false };
    digits.starts_with(|c: char| c.is_ascii_digit())
        && matches!(unit.trim_start(), "ms" | "s" | "m" | "µs" | "ns")
}
