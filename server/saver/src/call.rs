//! What is known of a tool's output from the call that asked for it: the names and arguments of the coding agents'
//! own tools, as their public sources and transcripts show them in November 2026 (Claude Code, Codex, Cursor, Cline,
//! Roo, OpenCode, Gemini CLI, Qwen Code, Copilot, Zed, OpenHands, and MCP servers for files).

use crate::command;
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
    /// Nothing is known: the call is not in the conversation, or it gave several things one after another.
    Unknown,
    /// A file's text, whose every byte an edit may have to match. Its path, where known.
    File(String),
    /// A command ran: its line.
    Command(String),
    /// A search in files.
    Search,
    /// Names of files and folders.
    Listing,
    /// A change to files: what it says is short and all of it counts.
    Edit,
    /// Some other tool: what it gives is not a file's text.
    Other,
}

impl Source {
    pub(crate) fn of(call: Call<'_>) -> Self {
        let tool = bare(call.tool);
        let tool = tool.as_str();
        if EDITORS.contains(&tool) {
            return Self::Edit;
        }
        if SEARCHERS.contains(&tool) {
            return Self::Search;
        }
        if LISTERS.contains(&tool) {
            return Self::Listing;
        }
        if FOLLOWERS.contains(&tool) {
            return Self::Unknown;
        }
        let arguments: Option<Value> = serde_json::from_str(call.arguments).ok();
        let text = |names: &[&str]| arguments.as_ref().and_then(|arguments| member(arguments, names));
        if READERS.contains(&tool) {
            return Self::File(text(&PATHS).unwrap_or_default());
        }
        // One tool for both: Anthropic's text editor, OpenHands.
        if tool == "strreplaceeditor" || tool == "strreplacebasededittool" {
            let views = text(&["command"]).is_some_and(|command| command == "view");
            return if views { Self::File(text(&PATHS).unwrap_or_default()) } else { Self::Edit };
        }
        if let Some(line) = text(&COMMANDS) {
            return command::source(line);
        }
        if RUNNERS.contains(&tool) {
            return command::source(call.arguments.to_owned());
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
}

/// Lower case, without the separators in which agents differ, and without what stands before the name: a server's
/// (`mcp__fs__read_file`) or a namespace (`functions.shell`, `default_api:read_file`).
fn bare(tool: &str) -> String {
    let last = tool.rsplit("__").next().unwrap_or(tool);
    let last = last.rsplit(['.', ':', '/']).next().unwrap_or(last);
    last.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

const READERS: [&str; 19] = [
    "read",
    "readfile",
    "readfiles",
    "readmanyfiles",
    "readmultiplefiles",
    "readtextfile",
    "readnotebook",
    "notebookread",
    "readcode",
    "view",
    "viewfile",
    "viewrange",
    "fsread",
    "openfile",
    "getfilecontents",
    "getfilecontent",
    "catfile",
    "readresource",
    "getnotebooksummary",
];
const SEARCHERS: [&str; 18] = [
    "grep",
    "greptool",
    "grepsearch",
    "grepfiles",
    "searchfiles",
    "searchfilecontent",
    "searchinfiles",
    "searchtext",
    "rg",
    "ripgrep",
    "ripgrepsearch",
    "codesearch",
    "codebasesearch",
    "semanticsearch",
    "searchcode",
    "listcodedefinitionnames",
    "listcodeusages",
    "textsearch",
];
const LISTERS: [&str; 17] = [
    "glob",
    "globtool",
    "ls",
    "list",
    "listdir",
    "listfiles",
    "listdirectory",
    "readfolder",
    "filesearch",
    "globfilesearch",
    "globsearch",
    "globfiles",
    "findfiles",
    "findpath",
    "directorytree",
    "listdirectorytree",
    "listallowedfiles",
];
/// What changes files says what it changed, and shows a part of the file as it is now.
const EDITORS: [&str; 31] = [
    "edit",
    "editfile",
    "editfiles",
    "multiedit",
    "multieditfile",
    "notebookedit",
    "editnotebook",
    "editnotebookfile",
    "write",
    "writefile",
    "writetofile",
    "fswrite",
    "createfile",
    "createnewfile",
    "savefile",
    "applypatch",
    "applydiff",
    "patch",
    "replace",
    "replaceinfile",
    "replacestringinfile",
    "multireplacestringinfile",
    "strreplace",
    "searchreplace",
    "searchandreplace",
    "inserteditintofile",
    "insertcontent",
    "deletefile",
    "movefile",
    "todowrite",
    "updateplan",
];
/// What gives the output of a command that another call began: which command that was, is not in this call.
const FOLLOWERS: [&str; 13] = [
    "bashoutput",
    "taskoutput",
    "agentoutput",
    "killshell",
    "killbash",
    "taskstop",
    "writestdin",
    "getterminaloutput",
    "terminallastcommand",
    "readterminal",
    "readprocess",
    "readprocessoutput",
    "gettaskoutput",
];
const RUNNERS: [&str; 22] = [
    "bash",
    "shell",
    "localshell",
    "localshellcall",
    "exec",
    "execcommand",
    "containerexec",
    "runterminalcmd",
    "runterminalcommand",
    "runinterminal",
    "runshellcommand",
    "executecommand",
    "executebash",
    "executeshell",
    "terminal",
    "runcommand",
    "runcommandinterminal",
    "shellcommand",
    "startprocess",
    "powershell",
    "runbash",
    "runtask",
];
const COMMANDS: [&str; 5] = ["command", "cmd", "commands", "script", "action"];
const PATHS: [&str; 10] = [
    "file_path",
    "path",
    "filePath",
    "absolute_path",
    "target_file",
    "filename",
    "notebook_path",
    "abs_path",
    "uri",
    "file",
];

/// The first of an object's members that holds a text. A call of Codex' `local_shell` has its command one level
/// deeper, under `action`.
fn member(arguments: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match arguments.get(name)? {
        Value::Object(inner) => names.iter().find_map(|name| inner.get(*name)).and_then(flat),
        value => flat(value),
    })
}

/// A string, or a list of words (Codex: `["bash", "-lc", "git diff"]`) as one line. A word with blanks is quoted, so
/// that it stays one.
fn flat(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let words = words.iter().filter_map(Value::as_str).map(|word| {
                let plain =
                    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=:,@%+".contains(&byte));
                if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
            });
            Some(words.collect::<Vec<_>>().join(" "))
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
