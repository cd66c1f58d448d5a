//! What is known of a tool's output from the call that asked for it: the names and arguments of the coding agents'
//! own tools, as their public sources and transcripts show them in November 2026.

use serde_json::Value;

/// The call whose output a text is.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The tool's name, as the client sent it.
    pub tool: &'a str,
    /// Its arguments: a JSON object, or free text for tools that take text. May be empty.
    pub arguments: &'a str,
}

/// What kind of call gave a text, which decides the filters that may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nothing is known: the call is not in the conversation.
    Unknown,
    /// A file's text, whose every byte an edit may have to match. Its path, where known.
    File(String),
    /// A command ran: its line.
    Command(String),
    /// A search in files.
    Search,
    /// Names of files and folders.
    Listing,
    /// Some other tool: what it gives is not a file's text.
    Other,
}

impl Source {
    pub(crate) fn of(call: Call<'_>) -> Self {
        let arguments: Option<Value> = serde_json::from_str(call.arguments).ok();
        let text = |names: &[&str]| -> Option<String> {
            let members = arguments.as_ref()?;
            names.iter().find_map(|name| members.get(name)).and_then(flat)
        };
        let tool = bare(call.tool);
        if READERS.contains(&tool.as_str()) {
            return Self::File(text(&PATHS).unwrap_or_default());
        }
        if SEARCHERS.contains(&tool.as_str()) {
            return Self::Search;
        }
        if LISTERS.contains(&tool.as_str()) {
            return Self::Listing;
        }
        if let Some(line) = text(&COMMANDS) {
            return Self::ran(line);
        }
        if RUNNERS.contains(&tool.as_str()) {
            return Self::ran(call.arguments.to_owned());
        }
        Self::Other
    }

    /// The command line, where one ran.
    pub(crate) fn command(&self) -> Option<&str> {
        match self {
            Self::Command(line) => Some(line),
            _ => None,
        }
    }

    /// Whether a command ran whose line has one of these words.
    pub(crate) fn runs(&self, words: &[&str]) -> bool {
        let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        self.command().is_some_and(|line| line.split(|c| !part_of_word(c)).any(|word| words.contains(&word)))
    }

    /// The kind of a command line: one that ends by printing a file gives the file's text.
    fn ran(line: String) -> Self {
        match printed_file(&line) {
            Some(path) => Self::File(path.to_owned()),
            None => Self::Command(line),
        }
    }
}

/// Lower case, without the separators in which agents differ, and without a server's prefix (`mcp__fs__read_file`).
fn bare(tool: &str) -> String {
    let last = tool.rsplit("__").next().unwrap_or(tool);
    last.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

const READERS: [&str; 8] =
    ["read", "readfile", "readmanyfiles", "view", "viewfile", "fsread", "openfile", "readtextfile"];
const SEARCHERS: [&str; 8] =
    ["grep", "grepsearch", "searchfiles", "searchfilecontent", "rg", "ripgrep", "codesearch", "grepfiles"];
const LISTERS: [&str; 10] = [
    "glob",
    "ls",
    "list",
    "listdir",
    "listfiles",
    "listdirectory",
    "filesearch",
    "globfilesearch",
    "globsearch",
    "findfiles",
];
const RUNNERS: [&str; 10] = [
    "bash",
    "shell",
    "localshell",
    "runterminalcmd",
    "runshellcommand",
    "executecommand",
    "execcommand",
    "terminal",
    "runcommand",
    "shellcommand",
];
const COMMANDS: [&str; 3] = ["command", "cmd", "script"];
const PATHS: [&str; 6] = ["file_path", "path", "filePath", "absolute_path", "target_file", "filename"];

/// A string, or the words of a list joined with blanks (Codex: `["bash", "-lc", "git diff"]`).
fn flat(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => Some(words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        _ => None,
    }
}

/// The file whose text a command line prints, when printing is the last thing it does.
fn printed_file(line: &str) -> Option<&str> {
    let last = line.rsplit(['|', ';', '&', '\n']).map(str::trim).find(|part| !part.is_empty())?;
    let mut words = last.split_whitespace();
    let program = words.next()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    let prints = matches!(program, "cat" | "bat" | "sed" | "nl" | "head" | "tail" | "less" | "more" | "type");
    let file = words.rfind(|word| !word.starts_with('-'))?;
    // `git log | head -20` prints no file; `head -n 20 x.rs` does.
    let is_file = file.contains(['.', '/']) && !file.starts_with(['\'', '"']);
    (prints && is_file).then_some(file)
}
