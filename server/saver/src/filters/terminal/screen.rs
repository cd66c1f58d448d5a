//! Lines that are drawn over: docker compose, pnpm and others go up some lines and write them anew.
//!
//! Only what is proven is done: every line that is written over is erased first, or covered whole; it says nothing
//! went wrong; and no line between is so long that a terminal may have broken it in two, which would shift them all.

use super::line::{self, Line};
use crate::alarm;
use crate::page::Page;

/// No terminal is narrower, in characters.
const NARROWEST: usize = 79;

/// The lines as they stand at last. `None` when none are drawn over, or when it is not certain what stands there.
pub(super) fn draw<'a>(page: &Page<'a>) -> Option<Vec<Line<'a>>> {
    memchr::memmem::find_iter(page.text.as_bytes(), b"\x1b[")
        .any(|at| moves_up(page.text, at))
        .then_some(())?;
    let mut screen = Screen::default();
    for (at, line) in page.lines.iter().enumerate() {
        screen.write(line, at + 1 == page.lines.len())?;
    }
    Some(screen.rows)
}

fn moves_up(text: &str, at: usize) -> bool {
    text.get(at..).and_then(line::control).is_some_and(|(_, last, _)| last == 'A')
}

#[derive(Default)]
struct Screen<'a> {
    rows: Vec<Line<'a>>,
    /// The row that is written next.
    at: usize,
}

impl<'a> Screen<'a> {
    fn write(&mut self, line: &'a str, last: bool) -> Option<()> {
        let (text, ending) = line.strip_suffix('\r').map_or((line, ""), |line| (line, "\r"));
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix('\r') {
                rest = after;
                continue;
            }
            let Some((parameters, last, after)) = line::control(rest) else {
                break;
            };
            match (last, parameters) {
                ('A', count) => self.up(if count.is_empty() { 1 } else { count.parse().ok()? })?,
                ('K', "" | "0" | "2") => self.erase(self.at, self.at + 1)?,
                ('J', "" | "0") => {
                    self.erase(self.at, self.rows.len())?;
                    self.rows.truncate(self.at.max(1));
                }
                ('G', "" | "0" | "1") | ('m' | 'h' | 'l', _) => {}
                _ => return None,
            }
            rest = after;
        }
        let shown = line::draw(rest)?;
        let erases = ["\x1b[K", "\x1b[0K"].iter().any(|code| rest.ends_with(code));
        match self.rows.get_mut(self.at) {
            Some(row) if !row.shown.is_empty() => {
                let covers = erases || shown.chars().count() >= row.shown.chars().count();
                // A bare line end goes down and changes nothing.
                if !shown.is_empty() || erases {
                    (covers && (row.shown == shown || !alarm::says(&row.shown))).then_some(())?;
                    row.shown = shown.into();
                }
            }
            Some(row) => row.shown = shown.into(),
            None => self.rows.push(Line {
                written_for_terminal: shown != text,
                shown: shown.into(),
                ending,
                as_it_came: false,
            }),
        }
        self.at += usize::from(!last);
        Some(())
    }

    fn up(&mut self, rows: usize) -> Option<()> {
        let to = self.at.checked_sub(rows)?;
        // The row that was being written is left as it is.
        let between = self.rows.iter().skip(to);
        between.clone().all(|row| row.shown.chars().count() <= NARROWEST).then_some(())?;
        self.at = to;
        self.rows.iter_mut().skip(to).for_each(|row| row.written_for_terminal = true);
        Some(())
    }

    fn erase(&mut self, from: usize, to: usize) -> Option<()> {
        for row in self.rows.iter_mut().take(to).skip(from) {
            (!alarm::says(&row.shown)).then_some(())?;
            row.shown = "".into();
        }
        Some(())
    }
}
