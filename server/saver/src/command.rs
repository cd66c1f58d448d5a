//! What a command line prints: a file's text, which an editor may have to match byte by byte, or something else.

use crate::call::Source;
use crate::shell::{self, Pipeline, Program};

/// Where the output of a command line is from.
pub(crate) fn source(line: String) -> Source {
    match of_line(&line, 0) {
        Gives::File(path) => Source::File(path),
        Gives::Edit => Source::Edit,
        Gives::Mixed => Source::Unknown,
        Gives::Nothing | Gives::Little | Gives::Kind(_) => Source::Command(line),
    }
}

/// What a command prints.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Gives {
    Nothing,
    /// A line or so, which does not say what the rest is: `echo ---`.
    Little,
    /// A file's text.
    File(String),
    /// What a patch changed.
    Edit,
    /// What this program prints.
    Kind(String),
    /// Anything.
    Mixed,
}

impl Gives {
    /// What both print, one after the other.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Little, other) | (other, Self::Little) => other,
            // The one that is no log decides whether lines may be folded.
            (Self::File(one), Self::File(other)) => Self::File(if is_log(&one) { other } else { one }),
            (one, other) if one == other => one,
            _ => Self::Mixed,
        }
    }
}

/// Whether a path is that of a log, which nobody edits.
pub(crate) fn is_log(path: &str) -> bool {
    path.ends_with(".log") || path.ends_with(".out") || path.contains(".log.")
}

/// Shells in shells are followed this far.
const DEEPEST: usize = 4;

fn of_line(line: &str, depth: usize) -> Gives {
    if depth > DEEPEST {
        return Gives::Mixed;
    }
    let list = shell::read(line);
    list.iter().map(|pipeline| of_pipeline(pipeline, depth)).fold(Gives::Nothing, Gives::and)
}

fn of_pipeline(pipeline: &Pipeline, depth: usize) -> Gives {
    let mut gives = Gives::Nothing;
    for (at, program) in pipeline.iter().enumerate() {
        let own = of_program(program, depth);
        let passes = at > 0 && PASSERS.contains(&name(program)) && !matches!(own, Gives::File(_));
        if !passes {
            gives = own;
        }
        if program.writes {
            gives = Gives::Nothing;
        }
    }
    gives
}

/// Programs that give lines on as they came.
const PASSERS: [&str; 16] = [
    "head", "tail", "cat", "grep", "egrep", "rg", "sed", "sort", "uniq", "less", "more", "tee", "nl", "tac",
    "bat", "column",
];

/// Programs that print nothing when all goes well.
const SILENT: [&str; 25] = [
    "cd", "export", "set", "unset", "source", ".", "pushd", "popd", "mkdir", "touch", "rm", "cp", "mv",
    "chmod", "sleep", "true", ":", "trap", "umask", "alias", "kill", "wait", "for", "done", "fi",
];

/// Programs that print a line or so.
const SHORT: [&str; 13] = [
    "echo", "printf", "pwd", "wc", "date", "which", "stat", "file", "basename", "dirname", "hostname",
    "whoami", "test",
];

/// Words before a command that do not change what it prints.
const BEFORE: [&str; 17] = [
    "sudo", "time", "command", "exec", "nohup", "env", "nice", "stdbuf", "do", "then", "else", "if", "while",
    "{", "!", "builtin", "unbuffer",
];

/// The words of a program from its name on: without `sudo`, `timeout 20`, `A=b` and the like.
fn proper(program: &Program) -> &[String] {
    let mut words = program.words.as_slice();
    while let Some((first, rest)) = words.split_first() {
        let assigns = first.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        if assigns || BEFORE.contains(&first.as_str()) {
            words = rest;
        } else if first == "timeout" {
            let options = rest.iter().take_while(|word| word.starts_with('-')).count();
            words = rest.get(options + 1..).unwrap_or_default();
        } else {
            break;
        }
    }
    words
}

/// A program's name without its folder.
fn name(program: &Program) -> &str {
    let first = proper(program).first().map_or("", String::as_str);
    let first = first.rsplit(['/', '\\']).next().unwrap_or(first);
    first.strip_suffix(".exe").unwrap_or(first)
}

fn of_program(program: &Program, depth: usize) -> Gives {
    let words = proper(program).get(1..).unwrap_or_default();
    match name(program) {
        "" | "}" => Gives::Nothing,
        silent if SILENT.contains(&silent) => Gives::Nothing,
        short if SHORT.contains(&short) => Gives::Little,
        "bash" | "sh" | "zsh" | "dash" | "fish" | "ksh" | "pwsh" | "powershell" | "cmd" => {
            in_shell(program, words, depth)
        }
        "git" => of_git(words),
        "cat" | "bat" | "batcat" | "less" | "more" | "tac" | "zcat" => printed(program, words, &[]),
        "head" | "tail" => printed(program, words, &["-n", "-c", "--lines", "--bytes"]),
        "nl" => printed(program, words, &["-b", "-v", "-w", "-s", "-n"]),
        "Get-Content" | "gc" => printed(program, words, &["-TotalCount", "-Tail", "-Encoding"]),
        // Also a builtin that says what a name is.
        "type" if words.iter().any(|word| word.contains(['.', '\\'])) => printed(program, words, &[]),
        "sed" => of_script(program, words, &["-e", "-f", "--expression", "--file"], true),
        // `NR>=10 && NR<=50`, `FNR==3,FNR==9`: lines of the file as they are.
        "awk" | "gawk" | "mawk" if !words.iter().any(|word| word.contains("print")) => {
            of_script(program, words, &["-f"], words.iter().any(|word| word.contains("NR")))
        }
        "apply_patch" | "applypatch" => Gives::Edit,
        "xargs" | "find" => started(program, words, depth),
        // A script in the line may print anything.
        "python" | "python3" | "node" | "ruby" | "perl" | "deno" | "bun" | "php"
            if program.fed
                || words.iter().any(|word| matches!(word.as_str(), "-c" | "-e" | "-ne" | "-pe" | "-")) =>
        {
            Gives::Mixed
        }
        other => {
            let verb = words.iter().find(|word| !word.starts_with(['-', '+']));
            Gives::Kind(format!("{other} {}", verb.map_or("", String::as_str)))
        }
    }
}

/// `bash -lc '…'`, `cmd /c …`.
fn in_shell(program: &Program, words: &[String], depth: usize) -> Gives {
    let is_script = |word: &String| {
        let letters = word.strip_prefix('-').filter(|letters| letters.ends_with('c') && letters.len() <= 4);
        letters.is_some() || matches!(word.as_str(), "/c" | "/C" | "-Command" | "-command")
    };
    let Some(at) = words.iter().position(is_script) else {
        return if program.fed { Gives::Mixed } else { Gives::Kind("script".to_owned()) };
    };
    match words.get(at + 1..) {
        Some([script]) => of_line(script, depth + 1),
        // With `cmd /c type x` the words are the command; what follows a script of `bash -c` are its arguments.
        Some([script, rest @ ..]) if script.contains(' ') || rest.is_empty() => of_line(script, depth + 1),
        Some(words) => of_program(&Program { words: words.to_vec(), ..Program::default() }, depth + 1),
        None => Gives::Mixed,
    }
}

fn of_git(words: &[String]) -> Gives {
    let mut words = words.iter();
    let verb = loop {
        match words.next().map(String::as_str) {
            Some("-C" | "-c" | "--git-dir" | "--work-tree") => {
                words.next();
            }
            Some(option) if option.starts_with('-') => {}
            Some(verb) => break verb,
            None => break "",
        }
    };
    match verb {
        // `HEAD:src/main.rs` is a file as it was.
        "show" => words
            .clone()
            .filter(|word| !word.starts_with('-'))
            .find_map(|word| word.split_once(':'))
            .map_or_else(|| Gives::Kind("git show".to_owned()), |(_, path)| Gives::File(path.to_owned())),
        "cat-file" => Gives::File(String::new()),
        "add" | "config" | "fetch" | "switch" => Gives::Little,
        verb => Gives::Kind(format!("git {verb}")),
    }
}

/// The files a program prints, where the options of `valued` take a word.
fn printed(program: &Program, words: &[String], valued: &[&str]) -> Gives {
    let mut files = Vec::new();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if valued.contains(&word) {
            words.next();
        } else if !word.starts_with(['-', '+']) {
            files.push(word);
        }
    }
    match files.iter().find(|path| !is_log(path)).or_else(|| files.first()) {
        Some(path) => Gives::File((*path).to_owned()),
        None if program.fed => Gives::Mixed,
        None => Gives::Kind(name(program).to_owned()),
    }
}

/// A program whose first word is a script, unless an option gives it.
fn of_script(program: &Program, words: &[String], scripts: &[&str], verbatim: bool) -> Gives {
    if name(program) == "sed" && words.iter().any(|word| word.starts_with("-i") || word == "--in-place") {
        return Gives::Nothing;
    }
    let given = words.iter().any(|word| scripts.contains(&word.as_str()));
    let first = if given { None } else { words.iter().position(|word| !word.starts_with('-')) };
    let mut files = words.to_vec();
    if let Some(first) = first {
        files.remove(first);
    }
    match printed(program, &files, scripts) {
        Gives::File(_) if !verbatim => Gives::Kind(name(program).to_owned()),
        gives => gives,
    }
}

/// What `xargs` starts, or `find -exec`.
fn started(program: &Program, words: &[String], depth: usize) -> Gives {
    let words = if name(program) == "find" {
        let at = words.iter().position(|word| word.starts_with("-exec") || word.starts_with("-ok"));
        at.and_then(|at| words.get(at + 1..))
    } else {
        let at = words.iter().position(|word| word.starts_with(|letter: char| letter.is_ascii_alphabetic()));
        at.and_then(|at| words.get(at..))
    };
    let Some(words) = words.filter(|words| !words.is_empty()) else {
        return Gives::Kind(name(program).to_owned());
    };
    // The file that is to come.
    let words = words.iter().cloned().chain(std::iter::once("{}".to_owned())).collect();
    of_program(&Program { words, ..Program::default() }, depth + 1)
}
