//! The model that real coding agents talk to: it answers a question with words, and runs a command with the agent's
//! own tool where it is asked to.

use super::hears::Told;
use super::says::{Call, Said};
use super::scenario::THOUGHT;
use serde_json::Value;

/// What the question holds when a command is to be run.
pub(crate) const COMMAND: &str = "expr 123456 + 654321";

/// The tools by which agents run commands, with what they want to be told (their releases of November 2026).
const HANDS: [Call; 6] = [
    // Claude Code.
    Call {
        name: "Bash",
        arguments: r#"{"command":"expr 123456 + 654321","description":"Adds two numbers"}"#,
    },
    // OpenCode.
    Call {
        name: "bash",
        arguments: r#"{"command":"expr 123456 + 654321","description":"Adds two numbers","timeout":20000}"#,
    },
    // Gemini CLI, Qwen Code.
    Call {
        name: "run_shell_command",
        arguments: r#"{"command":"expr 123456 + 654321","description":"Adds two numbers","is_background":false}"#,
    },
    // Codex, in three generations.
    Call { name: "exec_command", arguments: r#"{"cmd":"expr 123456 + 654321"}"# },
    Call { name: "shell_command", arguments: r#"{"command":"expr 123456 + 654321"}"# },
    Call { name: "shell", arguments: r#"{"command":["bash","-lc","expr 123456 + 654321"]}"# },
];

/// What aider writes to a file that it was given.
const EDIT: &str = "greeting.txt\n<<<<<<< SEARCH\nhello\n=======\nhello ninerouter-42\n>>>>>>> REPLACE\n";

/// The answer.
pub(super) fn said(told: &Told, body: &Value) -> Said {
    let asked = body.to_string();
    if let Some(result) = told.results.last() {
        return Said::words(["The command printed: ".to_owned(), result.text.clone()]);
    }
    if asked.contains("SEARCH/REPLACE") && asked.contains("greeting.txt") {
        return Said::words(["The greeting changes.\n\n".to_owned(), EDIT.to_owned()]);
    }
    let hand = HANDS.into_iter().find(|hand| told.tools.iter().any(|tool| tool == hand.name));
    match hand {
        Some(hand) if asked.contains(COMMAND) => {
            Said::words(["I will run it."]).thinking(&THOUGHT).calling(&[hand])
        }
        _ => Said::words(["Hello from ", "behind Ninerouter."]),
    }
}
