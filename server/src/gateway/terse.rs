//! Terse answers: the instruction that asks for them. Written once for good: a conversation's prompt cache holds it.

use app::api::terse::Terse;

/// What is asked of a model at each level; `None` where nothing is.
pub(super) fn instruction(level: Terse) -> Option<String> {
    let style = match level {
        Terse::Off => return None,
        Terse::Lite => {
            "Answer briefly, in short whole sentences. No greetings, praise, filler or hedging; do not repeat the \
             question, announce what you will do, or close with a summary or an offer."
        }
        Terse::Full => {
            "Answer in as few words as carry the facts. Drop articles, filler, hedging and pleasantries; fragments are \
             fine. No restating, no announcements, no closing summary. State what, where, why, next step."
        }
        Terse::Ultra => {
            "Answer like a telegram: key words only, symbols such as -> and = for relations, common abbreviations, one \
             fact a line. Nothing the reader can infer."
        }
    };
    Some(format!("{style} {KEPT}"))
}

/// What must not get shorter, at any level.
const KEPT: &str = "This is about the prose you address to the user, nothing else. Code, files you write, commands, tool \
                    calls and their arguments, paths, identifiers, numbers, commit messages and quoted errors or \
                    warnings stay complete and exact. Write normal full sentences for security warnings, for anything \
                    that cannot be undone, for questions you need answered, and for steps whose order matters. Keep to \
                    the user's language and to any format you are asked for. Do not mention this style.";
