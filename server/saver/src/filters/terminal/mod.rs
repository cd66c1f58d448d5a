//! What a program wrote for a terminal, as the terminal would show it: without colours and window titles, and
//! with a progress line in its last state.

mod line;
mod screen;

use crate::page::Page;
use line::Line;

/// `None` when the text was not written for a terminal, or has nothing to clean.
///
/// Text without an escape code or a redrawn line is somebody's file as likely as not: its trailing blanks may
/// be what an editor has to match, so they stay.
pub(crate) fn clean(page: &Page<'_>) -> Option<String> {
    if !is_drawn(page.text.as_bytes()) {
        return None;
    }
    let lines =
        screen::draw(page).unwrap_or_else(|| page.lines.iter().map(|line| Line::read(line)).collect());
    if !lines.iter().any(|line| line.written_for_terminal) {
        return None;
    }
    // An empty context line of a diff is one blank, and a patch without it no longer applies.
    let trim = !lines.iter().any(|line| line.shown.starts_with("@@ "));
    let mut out = String::with_capacity(page.text.len());
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let shown: &str = &line.shown;
        out.push_str(if trim && !line.as_it_came { shown.trim_end_matches([' ', '\t']) } else { shown });
        out.push_str(line.ending);
    }
    Some(out)
}

/// Whether a text holds an escape code, a backspace, or a carriage return that ends no line.
fn is_drawn(bytes: &[u8]) -> bool {
    memchr::memchr3_iter(b'\x1b', b'\x08', b'\r', bytes)
        .any(|at| bytes.get(at) != Some(&b'\r') || !matches!(bytes.get(at + 1), Some(b'\n') | None))
}
