//! What coding agents put around the output of a command: a line with the exit code before it, a list of process
//! numbers after it, or a JSON object. Only the output proper is given to the filters, and what stands around it
//! stays byte for byte. It is also where a text itself says that the command failed.
//!
//! The forms are those of the agents' public sources and transcripts in November 2026.

use std::borrow::Cow;

/// A tool's result taken apart: `head`, `output` and `tail` in this order are the whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    head: &'a str,
    /// What the command printed.
    pub(crate) output: Cow<'a, str>,
    tail: &'a str,
    /// Whether the output stands there as the inside of a JSON string.
    quoted: bool,
    /// Whether something says that the command failed, was stopped or ran out of time.
    pub(crate) failed: bool,
}

impl<'a> Envelope<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let forms = [quoted, fenced, headed, labelled, executed, tagged, with_metadata];
        let mut envelope = forms.iter().find_map(|form| form(text)).unwrap_or_else(|| Self::plain(text));
        envelope.failed = envelope.failed || says_failed(envelope.head) || ends_failed(text);
        envelope
    }

    fn plain(text: &'a str) -> Self {
        Self { head: "", output: text.into(), tail: "", quoted: false, failed: false }
    }

    /// The text cut at two places. `None` when they are none.
    fn cut(text: &'a str, from: usize, to: usize) -> Option<Self> {
        let (head, output, tail) = (text.get(..from)?, text.get(from..to)?, text.get(to..)?);
        Some(Self { head, output: output.into(), tail, quoted: false, failed: false })
    }

    /// The whole with another output.
    pub(crate) fn around(&self, output: &str) -> String {
        let mut text = String::with_capacity(self.head.len() + output.len() + self.tail.len());
        text.push_str(self.head);
        if self.quoted {
            let string = serde_json::Value::from(output).to_string();
            text.push_str(string.get(1..string.len() - 1).unwrap_or_default());
        } else {
            text.push_str(output);
        }
        text.push_str(self.tail);
        text
    }
}

/// Codex: `{"output":"…","metadata":{"exit_code":0,"duration_seconds":0.1}}`; others with `stdout` and `exitCode`.
fn quoted(text: &str) -> Option<Envelope<'_>> {
    let start = ["{\"output\":\"", "{\"output\": \"", "{\"stdout\":\"", "{\"stdout\": \""];
    let from = start.iter().find(|start| text.starts_with(*start))?.len();
    let bytes = text.as_bytes();
    let mut to = from;
    loop {
        to += memchr::memchr2(b'"', b'\\', bytes.get(to..)?)?;
        if bytes.get(to) == Some(&b'"') {
            break;
        }
        to += 2;
    }
    let (string, tail) = (text.get(from - 1..=to)?, text.get(to..)?);
    (tail == "\"}" || tail.starts_with("\",")).then_some(())?;
    // What is no JSON as a whole is no envelope.
    serde_json::from_str::<&serde_json::value::RawValue>(text).ok()?;
    let output: String = serde_json::from_str(string).ok()?;
    let failed =
        code_after(tail, "\"exit_code\":").or_else(|| code_after(tail, "\"exitCode\":")).is_some_and(is_bad)
            || ["\"success\":false", "\"is_error\":true", "\"timed_out\":true"]
                .iter()
                .any(|sign| tail.contains(sign));
    Some(Envelope { head: text.get(..from)?, output: output.into(), tail, quoted: true, failed })
}

/// Cursor: `Exit code: 0`, `Command output:`, a fenced block, `Command completed in 89 ms.` Zed: the block alone.
fn fenced(text: &str) -> Option<Envelope<'_>> {
    const HEAD: &str = "\n\nCommand output:\n\n```\n";
    if text.starts_with("Exit code: ") {
        let from = text.find(HEAD)? + HEAD.len();
        let to = text.rfind("\n```\n\nCommand completed in ")?;
        return Envelope::cut(text, from, to);
    }
    let to = text.trim_end().strip_suffix("\n```")?.len();
    if text.starts_with("```\n") {
        return Envelope::cut(text, 4, to);
    }
    // `Command "x" failed with exit code 1.`, then the block.
    let first = text.lines().next()?;
    (first.starts_with("Command \"") && first.contains("\" failed")).then_some(())?;
    Some(Envelope { failed: true, ..Envelope::plain(text) })
}

/// Codex: lines such as `Chunk ID: 0c2664`, `Process exited with code 0`, then `Output:`.
fn headed(text: &str) -> Option<Envelope<'_>> {
    const LINES: [&str; 8] = [
        "Chunk ID: ",
        "Exit code: ",
        "Wall time: ",
        "Process exited with code ",
        "Process running with session ID ",
        "Original token count: ",
        "Total output lines: ",
        "Command: ",
    ];
    let mut from = 0;
    for line in text.split_inclusive('\n').take(LINES.len() + 1) {
        from += line.len();
        if line == "Output:\n" {
            return (from > line.len()).then(|| Envelope::cut(text, from, text.len()))?;
        }
        LINES.iter().any(|known| line.starts_with(known)).then_some(())?;
    }
    None
}

/// Gemini CLI, Qwen Code: `Command: …`, `Directory: …`, `Output: …`, then what became of the process.
fn labelled(text: &str) -> Option<Envelope<'_>> {
    const AFTER: [&str; 6] =
        ["Stderr: ", "Error: ", "Exit Code: ", "Signal: ", "Background PIDs: ", "Process Group PGID: "];
    let label = if text.starts_with("Command: ") {
        text.find("\nDirectory: ")? + 1
    } else {
        text.starts_with("Output: ").then_some(0)?
    };
    let label = if label == 0 { 0 } else { label + text.get(label..)?.find('\n')? + 1 };
    let rest = text.get(label..)?;
    let from = label + ["Output: ", "Stdout: "].iter().find(|name| rest.starts_with(**name))?.len();
    let mut to = text.trim_end().len();
    let mut known = 0;
    loop {
        let start = text.get(..to)?.rfind('\n')?;
        let line = text.get(start + 1..to)?;
        if start < from || !AFTER.iter().any(|name| line.starts_with(name)) {
            break;
        }
        known += 1;
        to = start;
    }
    // Errors on several lines.
    if rest.starts_with("Stdout: ") {
        to = text.get(..to)?.rfind("\nStderr: ").unwrap_or(to);
    }
    (known > 0 && to >= from).then_some(())?;
    let tail = text.get(to..)?;
    let failed = code_after(tail, "Exit Code: ").is_some_and(is_bad)
        || tail
            .lines()
            .any(|line| line.starts_with("Signal: ") && !line.ends_with("(none)") && line != "Signal: 0");
    Some(Envelope { failed, ..Envelope::cut(text, from, to)? })
}

/// Cline, Roo: `Command executed in terminal within working directory '…'. Exit code: 0`, `Output:`.
fn executed(text: &str) -> Option<Envelope<'_>> {
    let start = match text.strip_prefix("[execute_command for ") {
        Some(_) => text.find("] Result:\n")? + "] Result:\n".len(),
        None => 0,
    };
    let rest = text.get(start..)?;
    rest.starts_with("Command ").then_some(())?;
    let output = rest.find("\nOutput:\n")? + "\nOutput:\n".len();
    let head = rest.get(..output)?;
    let known =
        head.starts_with("Command executed") || head.starts_with("Command execution was not successful");
    (known && head.lines().count() <= 4).then_some(())?;
    let failed = head.contains("not successful") || code_after(head, "xit code: ").is_some_and(is_bad);
    Some(Envelope { failed, ..Envelope::cut(text, start + output, text.len())? })
}

/// Claude Code's output of tasks in the background: `<status>…</status>`, `<output>…</output>`.
fn tagged(text: &str) -> Option<Envelope<'_>> {
    (text.starts_with("<status>") || text.starts_with("<retrieval_status>")).then_some(())?;
    let (open, close) = [("<output>", "</output>"), ("<stdout>", "</stdout>")]
        .into_iter()
        .find(|(open, _)| text.contains(open))?;
    let from = text.find(open)? + open.len();
    let from = if text.get(from..)?.starts_with('\n') { from + 1 } else { from };
    let envelope = Envelope::cut(text, from, text.rfind(close)?)?;
    let failed = code_after(envelope.head, "<exit_code>").is_some_and(is_bad)
        || ["<status>failed", "<status>killed", "<status>error"]
            .iter()
            .any(|sign| envelope.head.contains(sign));
    Some(Envelope { failed, ..envelope })
}

/// OpenCode: `<bash_metadata>` after the output, which says that the command was stopped.
fn with_metadata(text: &str) -> Option<Envelope<'_>> {
    let end = text.trim_end();
    let name = ["bash_metadata", "shell_metadata", "metadata"].into_iter().find(|name| {
        end.strip_suffix('>').and_then(|end| end.strip_suffix(name)).is_some_and(|e| e.ends_with("</"))
    })?;
    let to = text.rfind(&format!("<{name}>"))?;
    let envelope = Envelope::cut(text, 0, to)?;
    let failed =
        ["terminated command", "exceeding timeout", "abort"].iter().any(|sign| envelope.tail.contains(sign))
            || code_after(envelope.tail, "xit code: ").is_some_and(is_bad);
    Some(Envelope { failed, ..envelope })
}

/// Whether what stands before an output says that the command failed.
fn says_failed(head: &str) -> bool {
    ["Exit code: ", "Process exited with code "].iter().any(|name| code_after(head, name).is_some_and(is_bad))
}

/// Whether a text that has no form around it says by its first or last lines that the command failed.
fn ends_failed(text: &str) -> bool {
    // Claude Code, before the output.
    let first = text.strip_prefix("Error: ").unwrap_or(text);
    if first.starts_with("Exit code ") && code_after(first, "Exit code ").is_some_and(is_bad) {
        return true;
    }
    // Copilot and others, after it; OpenHands with its folder and interpreter below.
    let last = text.trim_end().rsplit('\n').take(4);
    last.into_iter().any(|line| {
        ["Command exited with code ", "Exit code: ", "Exit code ", "[The command completed with exit code "]
            .iter()
            .any(|name| line.starts_with(name) && code_after(line, name).is_some_and(is_bad))
    })
}

/// The number behind a name's first place in a text.
fn code_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let at = text.find(name)? + name.len();
    let rest = text.get(at..)?.trim_start_matches(' ');
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '-').unwrap_or(rest.len());
    rest.get(..end).filter(|code| !code.is_empty())
}

fn is_bad(code: &str) -> bool {
    code.bytes().any(|digit| digit != b'0')
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
