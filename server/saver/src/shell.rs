//! A command line taken apart: which programs run in it, with which words, and where their output goes. As much of
//! the shell's grammar as lines of coding agents use; what it does not know becomes words.

/// Commands that run one after another.
pub(crate) type List = Vec<Pipeline>;

/// Programs of which each reads what the one before wrote.
pub(crate) type Pipeline = Vec<Program>;

/// A program and what it is given.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its words without quotes, the program's name first.
    pub(crate) words: Vec<String>,
    /// Its output goes to a file.
    pub(crate) writes: bool,
    /// Its input stands in the line (`<<EOF`).
    pub(crate) fed: bool,
}

/// The commands of a line.
pub(crate) fn read(line: &str) -> List {
    let mut reader = Reader { rest: line, ..Reader::default() };
    while reader.step() {}
    reader.end_pipeline();
    reader.list
}

#[derive(Default)]
struct Reader<'a> {
    rest: &'a str,
    list: List,
    pipeline: Pipeline,
    program: Program,
    word: Option<String>,
    /// What the next word is the target of.
    redirect: Option<Redirect>,
    /// Words that end texts which begin on the next line.
    texts: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Redirect {
    Output,
    /// Of errors, or of input: the output stays.
    Aside,
    Text,
}

impl Reader<'_> {
    /// Reads on; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(letter) = self.rest.chars().next() else {
            return false;
        };
        match letter {
            ' ' | '\t' | '\r' => self.skip(1, Self::end_word),
            '\n' => {
                self.skip(1, Self::end_pipeline);
                self.skip_texts();
            }
            '#' if self.word.is_none() => {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = self.rest.get(end..).unwrap_or_default();
            }
            ';' | '(' | ')' => self.skip(1, Self::end_pipeline),
            '&' if self.rest.starts_with("&>") => self.redirect(2, Redirect::Output),
            '&' => self.skip(1, Self::end_pipeline),
            '|' if self.rest.starts_with("||") => self.skip(2, Self::end_pipeline),
            '|' if self.rest.starts_with("|&") => self.skip(2, Self::end_program),
            '|' => self.skip(1, Self::end_program),
            '<' if self.rest.starts_with("<<<") => self.redirect(3, Redirect::Aside),
            '<' if self.rest.starts_with("<<-") => self.redirect(3, Redirect::Text),
            '<' if self.rest.starts_with("<<") => self.redirect(2, Redirect::Text),
            '<' if self.rest.starts_with("<(") => self.substituted(2),
            '<' => self.redirect(1, Redirect::Aside),
            '>' => self.output(),
            '\'' => self.quoted('\''),
            '"' => self.quoted('"'),
            '`' => self.quoted('`'),
            '$' if self.rest.starts_with("$(") => self.substituted(2),
            '\\' => {
                let mut letters = self.rest.chars();
                letters.next();
                match letters.next() {
                    Some('\n') | None => {}
                    Some(next) => self.push(next),
                }
                self.rest = letters.as_str();
            }
            letter => {
                self.push(letter);
                self.rest = self.rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
        true
    }

    fn push(&mut self, letter: char) {
        self.word.get_or_insert_default().push(letter);
    }

    fn skip(&mut self, bytes: usize, then: fn(&mut Self)) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        then(self);
    }

    /// `>`, `2>`, `>>`, `>&1`.
    fn output(&mut self) {
        let descriptor =
            self.word.take_if(|word| word.len() == 1 && word.starts_with(|c: char| c.is_ascii_digit()));
        let rest = self.rest.trim_start_matches('>');
        if let Some(rest) = rest.strip_prefix('&') {
            // To another descriptor: `2>&1`.
            self.rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
            return;
        }
        let bytes = self.rest.len() - rest.len();
        let aside = descriptor.is_some_and(|number| number != "1");
        self.redirect(bytes, if aside { Redirect::Aside } else { Redirect::Output });
    }

    fn redirect(&mut self, bytes: usize, redirect: Redirect) {
        self.skip(bytes, Self::end_word);
        self.redirect = Some(redirect);
    }

    /// `$(…)`, `<(…)`: kept as a word that says only that.
    fn substituted(&mut self, bytes: usize) {
        let rest = self.rest.get(bytes..).unwrap_or_default();
        let mut depth = 1;
        let end = rest.find(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        self.word.get_or_insert_default().push_str("$()");
        self.rest = rest.get(end.map_or(rest.len(), |end| end + 1)..).unwrap_or_default();
    }

    fn quoted(&mut self, quote: char) {
        let mut word = self.word.take().unwrap_or_default();
        let mut letters = self.rest.chars();
        letters.next();
        while let Some(letter) = letters.next() {
            match letter {
                letter if letter == quote => break,
                '\\' if quote == '"' => match letters.next() {
                    Some(next @ ('"' | '\\' | '$' | '`')) => word.push(next),
                    Some(next) => word.extend(['\\', next]),
                    None => {}
                },
                letter => word.push(letter),
            }
        }
        self.rest = letters.as_str();
        self.word = Some(word);
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else {
            return;
        };
        match self.redirect.take() {
            None => self.program.words.push(word),
            Some(Redirect::Output) => self.program.writes |= word != "/dev/stdout",
            Some(Redirect::Aside) => {}
            Some(Redirect::Text) => {
                self.program.fed = true;
                self.texts.push(word);
            }
        }
    }

    fn end_program(&mut self) {
        self.end_word();
        self.redirect = None;
        let program = std::mem::take(&mut self.program);
        if !program.words.is_empty() {
            self.pipeline.push(program);
        }
    }

    fn end_pipeline(&mut self) {
        self.end_program();
        let pipeline = std::mem::take(&mut self.pipeline);
        if !pipeline.is_empty() {
            self.list.push(pipeline);
        }
    }

    /// Passes over the texts given with `<<` on the line before.
    fn skip_texts(&mut self) {
        for end in std::mem::take(&mut self.texts) {
            while !self.rest.is_empty() {
                let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
                self.rest = rest;
                if line.trim() == end {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Program, read};

    fn words(line: &str) -> Vec<Vec<Vec<String>>> {
        let words = |program: Program| program.words;
        read(line).into_iter().map(|pipeline| pipeline.into_iter().map(words).collect()).collect()
    }

    #[test]
    fn lists_pipes_and_quotes() {
        assert_eq!(
            words("cd /a && sed -n '1,20p' \"b c.rs\" | head -5; ls -la || true # why"),
            [
                vec![vec!["cd", "/a"]],
                vec![vec!["sed", "-n", "1,20p", "b c.rs"], vec!["head", "-5"]],
                vec![vec!["ls", "-la"]],
                vec![vec!["true"]],
            ]
        );
    }

    #[test]
    fn redirects_are_no_words() {
        let list = read("cargo build 2>&1 >/dev/null; cargo test 2>/dev/null; x &> out; y < in");
        let programs: Vec<(Vec<String>, bool)> =
            list.into_iter().flatten().map(|program| (program.words, program.writes)).collect();
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            programs,
            [
                (owned(&["cargo", "build"]), true),
                (owned(&["cargo", "test"]), false),
                (owned(&["x"]), true),
                (owned(&["y"]), false),
            ]
        );
    }

    #[test]
    fn texts_in_the_line_are_passed_over() {
        let list = read("cat > a.txt <<'EOF'\nrm -rf; x | y\nEOF\ngit diff");
        assert_eq!(list.len(), 2);
        assert!(list[0][0].writes && list[0][0].fed);
        assert_eq!(list[1][0].words, ["git", "diff"]);
    }

    #[test]
    fn open_ends_are_no_trap() {
        for line in ["'", "\"a\\", "$(", "<<", "<<EOF", "a |", "\\", "((((", "`x", "a 2>", "é'ü"] {
            read(line);
        }
    }
}
