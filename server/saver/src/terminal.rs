//! What a program wrote for a terminal, as the terminal would show it: without colours and window titles, and
//! with a progress line in its last state.

/// `None` when the text was not written for a terminal, or has nothing to clean.
///
/// Text without an escape code or a redrawn line is somebody's file as likely as not: its trailing blanks may
/// be what an editor has to match, so they stay.
pub(crate) fn clean(text: &str) -> Option<String> {
    let lines: Vec<Line<'_>> = text.split('\n').map(Line::read).collect();
    if !lines.iter().any(|line| line.written_for_terminal) {
        return None;
    }
    // An empty context line of a diff is one blank, and a patch without it no longer applies.
    let trim = !lines.iter().any(|line| line.shown.starts_with("@@ "));
    let mut out = String::with_capacity(text.len());
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

struct Line<'a> {
    shown: std::borrow::Cow<'a, str>,
    /// The carriage return of a Windows line ending.
    ending: &'static str,
    written_for_terminal: bool,
    /// It holds something that is not understood, so nothing of it is touched.
    as_it_came: bool,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let (line, ending) = line.strip_suffix('\r').map_or((line, ""), |line| (line, "\r"));
        let plain = |written_for_terminal, as_it_came| Self {
            shown: line.into(),
            ending,
            written_for_terminal,
            as_it_came,
        };
        if !line.contains(['\x1b', '\r']) {
            return plain(false, false);
        }
        match draw(line) {
            Some(shown) => {
                Self { shown: shown.into(), ending, written_for_terminal: true, as_it_came: false }
            }
            None => plain(true, true),
        }
    }
}

/// Words that may stand in a line only once, and that a model must not miss.
const ALARMS: [&str; 7] = ["error", "fail", "warn", "panic", "fatal", "exception", "denied"];

/// A progress line is not wider than this, in characters; it bounds the work for one redraw.
const WIDEST: usize = 1_000;

/// The line as it stands after all its codes and carriage returns. `None` when it must stay as it came: it
/// moves the cursor in other ways, holds a code that is not understood, hides a word of alarm, or its last
/// state covers an earlier one only in part. Every character is taken to fill one cell.
fn draw(line: &str) -> Option<String> {
    let mut cells: Vec<char> = Vec::with_capacity(line.len());
    let mut cursor = 0;
    // Where what was written since the last carriage return ends.
    let mut written = 0;
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        if next == '\x1b' {
            let (code, after) = Code::read(rest)?;
            match code {
                Code::Silent => {}
                Code::EraseToEnd if hides_alarm(cells.get(cursor..)) => return None,
                Code::EraseToEnd => cells.truncate(cursor),
                Code::EraseLine if hides_alarm(Some(&cells)) => return None,
                Code::EraseLine => cells.clear(),
            }
            rest = after;
            continue;
        }
        if next == '\r' {
            if cells.len() > WIDEST || hides_alarm(Some(&cells)) {
                return None;
            }
            cursor = 0;
            written = 0;
        } else {
            if cells.len() < cursor {
                cells.resize(cursor, ' ');
            }
            match cells.get_mut(cursor) {
                Some(cell) => *cell = next,
                None => cells.push(next),
            }
            cursor += 1;
            written = cursor;
        }
        rest = rest.get(next.len_utf8()..).unwrap_or("");
    }
    let mixed = written > 0 && cells.len() > written;
    (!mixed).then(|| cells.into_iter().collect())
}

fn hides_alarm(cells: Option<&[char]>) -> bool {
    let text = cells.unwrap_or_default().iter().collect::<String>().to_lowercase();
    ALARMS.iter().any(|word| text.contains(word))
}

enum Code {
    /// Colours, modes, titles: nothing that is shown moves or goes.
    Silent,
    EraseToEnd,
    EraseLine,
}

impl Code {
    /// The escape code a text begins with, and what follows it.
    fn read(text: &str) -> Option<(Self, &str)> {
        let rest = text.strip_prefix('\x1b')?;
        let kind = rest.chars().next()?;
        let body = rest.get(kind.len_utf8()..)?;
        match kind {
            '[' => {
                let end = body.find(|c: char| !(' '..='?').contains(&c))?;
                let last = body.get(end..)?.chars().next()?;
                let code = match (last, body.get(..end)?) {
                    ('m' | 'h' | 'l', _) => Self::Silent,
                    ('K', "" | "0") => Self::EraseToEnd,
                    ('K', "2") => Self::EraseLine,
                    // Cursor moves and the like: they may stand for blanks between words.
                    _ => return None,
                };
                Some((code, body.get(end + last.len_utf8()..)?))
            }
            // A hyperlink's address is not shown, but a model may need it.
            ']' if body.starts_with("8;") => None,
            ']' | 'P' | '^' | '_' | 'X' => {
                let at = body.find(['\x07', '\x1b'])?;
                let end = body.get(at..)?;
                let after = end.strip_prefix('\x07').or_else(|| end.strip_prefix("\x1b\\"))?;
                Some((Self::Silent, after))
            }
            // Character sets: ESC ( B.
            '(' | ')' => body.get(1..).map(|after| (Self::Silent, after)),
            // Keypad modes.
            '=' | '>' => Some((Self::Silent, body)),
            _ => None,
        }
    }
}
