//! Lists of paths: `find`, `fd`, `rg -l`, `git ls-files`, the results of agents' glob tools.
//!
//! Paths of one directory that follow one another become one line, `dir/: names with blanks between`, and a root
//! that all share is said once, on top. The directory itself, listed right above what is in it, is the name `.`,
//! as in `ls -a`. Every path can be read back, in its order; every line that is no path stays where it is.

use super::fold::blank;
use crate::level::Level;
use crate::marker;
use crate::page::Page;

/// A text with fewer paths may be about them.
const FEWEST: usize = 4;

/// How many names of one directory are shown at [`Level::Strong`], from the first and up to the last, and from how
/// many on it is cut.
const FIRST: usize = 12;
const LAST: usize = 4;
const CUT_FROM: usize = 24;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    if level < Level::Safe {
        return None;
    }
    let (form, reads) = Form::of(page)?;
    let mut list =
        List { form: &form, level, out: String::with_capacity(page.text.len() / 2), group: Group::default() };
    let mut root_said = form.root.is_empty();
    for (line, read) in page.lines.iter().zip(reads) {
        let Some((dir, name)) = read else {
            list.note(line);
            continue;
        };
        if !root_said {
            list.say_root();
            root_said = true;
        }
        list.path(dir, name);
    }
    list.end_group();
    // Lines were each ended; the text's last one had no end.
    list.out.pop();
    Some(list.out).filter(|out| out.len() < page.text.len())
}

/// How the paths of a text are written.
struct Form<'a> {
    separator: char,
    /// What stands before every path: Cursor writes a list with `- `.
    bullet: &'static str,
    /// A carriage return, where lines end with one.
    ending: &'static str,
    /// The directory all are in, where saying it once pays.
    root: &'a str,
    /// Two separators in a row stand somewhere in the text, which paths never have.
    doubles: bool,
}

/// A path: its directory with the separator behind (none for a bare name), and its name. `None` for any other line.
type Read<'a> = Option<(&'a str, &'a str)>;

impl<'a> Form<'a> {
    /// The form of a text of which nearly all lines are paths, and what each line is.
    fn of(page: &Page<'a>) -> Option<(Self, Vec<Read<'a>>)> {
        let lines = page.lines.as_slice();
        // Headings have blanks: the first path without one shows the form.
        let plain = |line: &&&str| {
            let path = line.strip_prefix("- ").unwrap_or(line);
            !path.contains(' ') && path.contains(['/', '\\'])
        };
        let first = lines.iter().find(plain)?;
        let bullet = if first.starts_with("- ") { "- " } else { "" };
        let windows = is_drive(first.get(bullet.len()..).unwrap_or_default());
        let separator = if windows && first.contains('\\') { '\\' } else { '/' };
        let ending = if first.ends_with('\r') { "\r" } else { "" };
        let holds = |tail: &str| {
            let part = format!("{separator}{tail}");
            memchr::memmem::find(page.text.as_bytes(), part.as_bytes()).is_some()
        };
        let doubles = holds(if separator == '/' { "/" } else { "\\" });
        let mut form = Self { separator, bullet, ending, root: "", doubles };
        let mut reads = Vec::new();
        let (mut paths, mut bare, mut notes) = (0_usize, 0_usize, 0_usize);
        let most = lines.len() / 10 + 3;
        let mut root: Option<&'a str> = None;
        let mut groups = 0_usize;
        let mut last = "";
        let mut above: &str = "";
        for line in lines {
            let read = form.read(line);
            match read {
                Some(("", _)) => bare += 1,
                Some((dir, _)) => {
                    paths += 1;
                    if dir != last {
                        groups += 1;
                        last = dir;
                        root = Some(root.map_or(dir, |root| shared(root, dir, separator)));
                    }
                }
                // Lines that are given twice in a row are for another filter.
                None if *line == above => return None,
                None => notes += usize::from(!blank(line)),
            }
            reads.push(read);
            above = line;
            if notes > most {
                return None;
            }
        }
        // A text that already holds a line of the form could not be read back.
        if paths < FEWEST || bare > paths || holds(": ") {
            return None;
        }
        let root = root.filter(|root| bare == 0 && pays(root, groups)).unwrap_or_default();
        // A root's own files stand below `./`, which must not be a directory in it.
        if !root.is_empty() && !holds(if separator == '/' { "./" } else { ".\\" }) {
            form.root = root;
        }
        Some((form, reads))
    }

    fn read(&self, line: &'a str) -> Read<'a> {
        let path = line.strip_suffix(self.ending)?.strip_prefix(self.bullet)?;
        let (drive, rest) =
            path.split_at_checked(2).filter(|(drive, _)| is_drive(drive)).unwrap_or(("", path));
        // A line with blanks is a path only when it begins as one.
        let begins = || {
            !drive.is_empty()
                || path.starts_with(self.separator)
                || ["./", "../", "~/"].iter().any(|head| path.starts_with(head))
        };
        if rest.is_empty() || rest.len() > 1_024 || rest.contains(' ') && (!begins() || rest.ends_with(' ')) {
            return None;
        }
        if rest.bytes().any(is_foreign) {
            return None;
        }
        // A directory may end with its separator: it is part of its name then.
        let inner = rest.strip_suffix(self.separator).unwrap_or(rest);
        let at = inner.rfind(self.separator).map_or(0, |at| at + self.separator.len_utf8());
        let (dir, name) = path.split_at_checked(drive.len() + at)?;
        let doubled = self.doubles && (inner.ends_with(self.separator) || has_double(inner, self.separator));
        if doubled
            || name.is_empty()
            || name.starts_with('.') && matches!(name, "./" | ".." | "../" | ".\\" | "..\\")
        {
            return None;
        }
        // `find .` begins with it; anywhere else it would be taken for the directory above.
        (name != "." || dir.is_empty()).then_some((dir, name))
    }
}

/// `C:`.
fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// What paths rarely hold and other texts often do: such lines stay as they are.
const fn is_foreign(byte: u8) -> bool {
    matches!(byte, 0..b' ' | b':' | b'"' | b'<' | b'>' | b'|' | b';' | b'{' | b'}' | b'`' | b'=' | 0x7f)
}

fn has_double(path: &str, separator: char) -> bool {
    let bytes = path.as_bytes();
    bytes.windows(2).any(|pair| pair.iter().all(|byte| char::from(*byte) == separator))
}

/// The longest directory that two are in.
fn shared<'a>(one: &'a str, other: &str, separator: char) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let end = one
        .as_bytes()
        .get(..same)
        .unwrap_or_default()
        .iter()
        .rposition(|byte| char::from(*byte) == separator);
    end.and_then(|end| one.get(..=end)).unwrap_or_default()
}

/// Whether saying a root once takes less than saying it before every group.
fn pays(root: &str, groups: usize) -> bool {
    root.len().saturating_mul(groups) > root.len() + 64
}

#[derive(Default)]
struct Group<'a> {
    dir: &'a str,
    names: Vec<&'a str>,
}

struct List<'a, 'f> {
    form: &'f Form<'a>,
    level: Level,
    out: String,
    group: Group<'a>,
}

impl<'a> List<'a, '_> {
    fn say_root(&mut self) {
        marker::push(&mut self.out, format_args!("paths below are relative to {}", self.form.root));
        self.out.push_str(self.form.ending);
        self.out.push('\n');
    }

    fn path(&mut self, dir: &'a str, name: &'a str) {
        if name.contains(' ') {
            self.end_group();
            return self.whole(dir, name);
        }
        if self.group.names.is_empty() || dir != self.group.dir {
            let own = self.is_last_name(dir);
            if own {
                self.group.names.pop();
            }
            self.end_group();
            self.group.dir = dir;
            if own {
                self.group.names.push(".");
            }
        }
        self.group.names.push(name);
    }

    /// Whether a directory is the path above.
    fn is_last_name(&self, dir: &str) -> bool {
        let Some(last) = self.group.names.last() else { return false };
        // The name `.` in a directory stands for the directory, not for a path of that name.
        if *last == "." && !self.group.dir.is_empty() {
            return false;
        }
        let inner = dir.strip_suffix(self.form.separator);
        inner.and_then(|inner| inner.strip_prefix(self.group.dir)) == Some(last)
    }

    fn end_group(&mut self) {
        let Group { dir, names } = std::mem::take(&mut self.group);
        let root = self.form.root;
        if let ([name], true) = (names.as_slice(), root.is_empty()) {
            return self.whole(dir, name);
        }
        if dir.is_empty() {
            return names.iter().for_each(|name| self.whole(dir, name));
        }
        if names.is_empty() {
            return;
        }
        self.out.push_str(self.form.bullet);
        match dir.strip_prefix(root).unwrap_or(dir) {
            "" => {
                self.out.push('.');
                self.out.push(self.form.separator);
            }
            inner => self.out.push_str(inner),
        }
        self.out.push(':');
        let cut = self.level == Level::Strong && names.len() > CUT_FROM;
        let missing = if cut { FIRST..names.len() - LAST } else { 0..0 };
        for (index, name) in names.iter().enumerate() {
            if index == missing.start && cut {
                self.out.push(' ');
                marker::push(&mut self.out, format_args!("{} more names left out", missing.len()));
            }
            if !missing.contains(&index) {
                self.out.push(' ');
                self.out.push_str(name);
            }
        }
        self.out.push_str(self.form.ending);
        self.out.push('\n');
    }

    /// A path on a line of its own, as it came.
    fn whole(&mut self, dir: &str, name: &str) {
        self.out.push_str(self.form.bullet);
        if name == "." && !dir.is_empty() {
            self.out.push_str(dir.strip_suffix(self.form.separator).unwrap_or(dir));
        } else {
            self.out.push_str(dir);
            self.out.push_str(name);
        }
        self.out.push_str(self.form.ending);
        self.out.push('\n');
    }

    fn note(&mut self, line: &str) {
        self.end_group();
        self.out.push_str(line);
        self.out.push('\n');
    }
}

#[cfg(test)]
#[path = "paths_tests.rs"]
mod tests;
