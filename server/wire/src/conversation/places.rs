//! Where things stood in the client's own body: what an encoder cannot carry over is named by the path that the client
//! wrote it at, not by ours.

use super::Turn;
use crate::Dialect;
use std::fmt::Display;

/// Paths of blocks and tools.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The client's; `None`: the conversation came from nowhere, and paths stay ours.
    dialect: Option<Dialect>,
    system: Vec<String>,
    turns: Vec<Vec<String>>,
    tools: Vec<String>,
    /// Those of the message that is being decoded.
    pending: Vec<String>,
}

/// Where something stood says nothing about what was said.
impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Gives whatever has come to a list since the last time its path.
fn fill(places: &mut Vec<String>, length: usize, path: &impl Display) {
    places.truncate(length);
    if places.len() < length {
        places.resize(length, path.to_string());
    }
}

impl Places {
    /// For a body of a dialect.
    pub(crate) fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = Some(dialect);
    }

    /// What was new in the system prompt stood at `path`.
    pub(crate) fn system(&mut self, length: usize, path: &impl Display) {
        fill(&mut self.system, length, path);
    }

    /// What was new among the tools stood at `path`.
    pub(crate) fn tools(&mut self, length: usize, path: &impl Display) {
        fill(&mut self.tools, length, path);
    }

    /// What was new in the turns stood at `path`.
    pub(crate) fn turns(&mut self, turns: &[Turn<'_>], path: &impl Display) {
        let from = self.turns.len().min(turns.len()).saturating_sub(1);
        self.turns.resize(turns.len(), Vec::new());
        for (places, turn) in self.turns.iter_mut().zip(turns).skip(from) {
            fill(places, turn.blocks.len(), path);
        }
    }

    /// What was new in the message that is being decoded stood at `path`.
    pub(crate) fn pend(&mut self, length: usize, path: &impl Display) {
        fill(&mut self.pending, length, path);
    }

    /// How much of it has its path.
    pub(crate) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The message has become a turn.
    pub(crate) fn settle_turn(&mut self) {
        self.turns.push(std::mem::take(&mut self.pending));
    }

    /// The message has become a part of the system prompt.
    pub(crate) fn settle_system(&mut self) {
        self.system.append(&mut self.pending);
    }

    /// The message that is being decoded has become nothing, or something else.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }

    /// The client's path for one of ours.
    pub(crate) fn own(&self, path: &str) -> Option<String> {
        let dialect = self.dialect?;
        if let Some((turn, rest)) = indexed(path, "turns") {
            let blocks = self.turns.get(turn)?;
            return Some(match indexed(rest, ".blocks") {
                Some((block, rest)) => format!("{}{}", blocks.get(block)?, inside(dialect, rest)),
                None => format!("{}{rest}", message(blocks.first()?)),
            });
        }
        if let Some((block, rest)) = indexed(path, "system") {
            return Some(format!("{}{}", self.system.get(block)?, inside(dialect, rest)));
        }
        if let Some((tool, rest)) = indexed(path, "tools") {
            return Some(format!("{}{}", self.tools.get(tool)?, of_tool(dialect, rest)));
        }
        SETTINGS.iter().find_map(|(ours, theirs)| {
            let rest = path.strip_prefix(ours)?;
            let ends = rest.is_empty() || rest.starts_with(['.', '[', ' ']);
            let theirs = theirs.get(dialect as usize).filter(|theirs| ends && !theirs.is_empty())?;
            Some(format!("{theirs}{rest}"))
        })
    }
}

/// `turns[3].role` is 3 and `.role`.
fn indexed<'p>(path: &'p str, list: &str) -> Option<(usize, &'p str)> {
    let (index, rest) = path.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?;
    Some((index.parse().ok()?, rest))
}

/// The message in whose content something stood.
fn message(path: &str) -> &str {
    let end = path.find(']').map_or(path.len(), |end| end + 1);
    path.get(..end).unwrap_or(path)
}

/// Members of blocks.
fn inside(dialect: Dialect, rest: &str) -> String {
    let (stem, key) = rest.rsplit_once('.').unwrap_or((rest, ""));
    let theirs = match (key, dialect) {
        ("cache", Dialect::Chat | Dialect::Messages) => "cache_control",
        ("seal", Dialect::Gemini) => "thoughtSignature",
        ("seal", Dialect::Chat) => "extra_content",
        ("input", Dialect::Chat | Dialect::Ollama) => "function.arguments",
        ("input", Dialect::Responses) => "arguments",
        ("input", Dialect::Gemini) => "functionCall.args",
        _ => return rest.to_owned(),
    };
    format!("{stem}.{theirs}")
}

/// Members of tools.
fn of_tool(dialect: Dialect, rest: &str) -> String {
    let (key, theirs) = match (rest.trim_start_matches('.').split('.').next().unwrap_or_default(), dialect) {
        (key @ "schema", Dialect::Chat | Dialect::Ollama) => (key, "function.parameters"),
        (key @ "schema", Dialect::Responses | Dialect::Gemini) => (key, "parameters"),
        (key @ "schema", Dialect::Messages) => (key, "input_schema"),
        (key @ "strict", Dialect::Chat) => (key, "function.strict"),
        (key @ "format", Dialect::Chat) => (key, "custom.format"),
        (key @ "cache", Dialect::Chat | Dialect::Messages) => (key, "cache_control"),
        _ => return rest.to_owned(),
    };
    rest.replacen(key, theirs, 1)
}

/// Our names of settings and those of the dialects, in the order of [`Dialect`]; longer names first. What is empty stays
/// ours.
const SETTINGS: [(&str, [&str; 5]); 20] = [
    (
        "max_output",
        [
            "max_tokens",
            "max_output_tokens",
            "max_tokens",
            "generationConfig.maxOutputTokens",
            "options.num_predict",
        ],
    ),
    ("sampling.top_p", ["top_p", "top_p", "top_p", "generationConfig.topP", "options.top_p"]),
    ("sampling.top_k", ["top_k", "top_k", "top_k", "generationConfig.topK", "options.top_k"]),
    (
        "sampling.presence_penalty",
        [
            "presence_penalty",
            "presence_penalty",
            "",
            "generationConfig.presencePenalty",
            "options.presence_penalty",
        ],
    ),
    (
        "sampling.frequency_penalty",
        [
            "frequency_penalty",
            "frequency_penalty",
            "",
            "generationConfig.frequencyPenalty",
            "options.frequency_penalty",
        ],
    ),
    ("sampling", ["", "", "", "generationConfig", "options"]),
    ("stop", ["stop", "", "stop_sequences", "generationConfig.stopSequences", "options.stop"]),
    (
        "reasoning.effort",
        [
            "reasoning_effort",
            "reasoning.effort",
            "output_config.effort",
            "generationConfig.thinkingConfig.thinkingLevel",
            "think",
        ],
    ),
    (
        "reasoning.budget",
        [
            "reasoning.max_tokens",
            "",
            "thinking.budget_tokens",
            "generationConfig.thinkingConfig.thinkingBudget",
            "",
        ],
    ),
    (
        "reasoning.shown",
        [
            "reasoning.exclude",
            "reasoning.summary",
            "thinking.display",
            "generationConfig.thinkingConfig.includeThoughts",
            "",
        ],
    ),
    ("reasoning", ["reasoning_effort", "reasoning", "thinking", "generationConfig.thinkingConfig", "think"]),
    (
        "format.schema",
        [
            "response_format.json_schema.schema",
            "text.format.schema",
            "output_config.format.schema",
            "generationConfig.responseSchema",
            "format",
        ],
    ),
    (
        "format.strict",
        [
            "response_format.json_schema.strict",
            "text.format.strict",
            "output_config.format",
            "generationConfig.responseSchema",
            "format",
        ],
    ),
    (
        "format",
        [
            "response_format",
            "text.format",
            "output_config.format",
            "generationConfig.responseMimeType",
            "format",
        ],
    ),
    ("tool_choice", ["tool_choice", "tool_choice", "tool_choice", "toolConfig.functionCallingConfig", ""]),
    (
        "parallel_tools",
        ["parallel_tool_calls", "parallel_tool_calls", "tool_choice.disable_parallel_tool_use", "", ""],
    ),
    ("user", ["user", "user", "metadata.user_id", "", ""]),
    ("metadata", ["metadata", "metadata", "", "labels", ""]),
    ("continues", ["", "previous_response_id", "", "cachedContent", ""]),
    ("cache_key", ["prompt_cache_key", "prompt_cache_key", "", "", ""]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Block, Role};

    fn places(dialect: Dialect) -> Places {
        let mut places = Places { dialect: Some(dialect), ..Places::default() };
        let turn = |count: usize| Turn { role: Role::User, blocks: vec![Block::text("a"); count] };
        places.turns(&[turn(1)], &"messages[1].content[0]");
        places.turns(&[turn(2)], &"messages[1].content[2]");
        places.turns(&[turn(2), turn(1)], &"messages[2].content");
        places.tools(1, &"tools[4]");
        places.system(1, &"messages[0].content");
        places
    }

    #[test]
    fn paths_are_the_clients() {
        for (dialect, ours, theirs) in [
            (Dialect::Messages, "turns[0].blocks[1].cache", "messages[1].content[2].cache_control"),
            (Dialect::Chat, "turns[1].blocks[0].seal", "messages[2].content.extra_content"),
            (
                Dialect::Chat,
                "turns[0].blocks[1].content[3].cache",
                "messages[1].content[2].content[3].cache_control",
            ),
            (Dialect::Chat, "turns[0].role", "messages[1].role"),
            (Dialect::Chat, "system[0]", "messages[0].content"),
            (
                Dialect::Messages,
                "tools[0].schema.properties.schema",
                "tools[4].input_schema.properties.schema",
            ),
            (Dialect::Chat, "tools[0]", "tools[4]"),
            (Dialect::Gemini, "sampling.seed", "generationConfig.seed"),
            (Dialect::Gemini, "sampling.top_k", "generationConfig.topK"),
            (Dialect::Ollama, "stop[4]", "options.stop[4]"),
            (Dialect::Messages, "format.schema (minItems)", "output_config.format.schema (minItems)"),
            (Dialect::Responses, "reasoning.effort", "reasoning.effort"),
            (Dialect::Messages, "reasoning.budget", "thinking.budget_tokens"),
        ] {
            assert_eq!(places(dialect).own(ours).as_deref(), Some(theirs), "{dialect} {ours}");
        }
        let kept = [
            (Dialect::Chat, "service_tier"),
            (Dialect::Chat, "turns[7].blocks[0]"),
            (Dialect::Chat, "users"),
        ];
        for (dialect, ours) in kept {
            assert_eq!(places(dialect).own(ours), None, "{ours}");
        }
        assert_eq!(Places::default().own("stop"), None);
    }
}
