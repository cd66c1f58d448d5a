//! How much the target may think and say.

use super::{Choice, Encoder, Item, Message, What};
use crate::ReasoningStyle;
use crate::conversation::{Effort, Role};

/// Asked for where neither the client nor the catalogue states a limit: what Claude Code asks for, so that every
/// endpoint made for it takes it.
const USUAL_OUTPUT: u64 = 32_000;
/// The most that is asked for where the catalogue states no limit: that of the Claude models since 4.5.
const USUAL_LIMIT: u64 = 64_000;
/// Anthropic's smallest budget.
const LEAST: u64 = 1_024;

/// What is said about thinking, and the limit it has an influence on.
pub(super) struct Plan {
    pub(super) mode: Mode,
    pub(super) effort: Option<&'static str>,
    /// Whether thoughts are to be shown.
    pub(super) shown: Option<bool>,
    pub(super) max_tokens: u64,
}

/// `thinking.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Unsaid,
    Disabled,
    /// With a budget if it has one.
    Enabled(Option<u64>),
    Adaptive,
}

impl Mode {
    /// Whether thinking is asked for.
    pub(super) fn on(self) -> bool {
        matches!(self, Self::Enabled(_) | Self::Adaptive)
    }
}

impl<'c> Encoder<'c> {
    /// Decides, and takes the thoughts out of the messages if there is to be no thinking.
    pub(super) fn plan(&mut self, messages: &mut [Message<'c>], choice: Option<&Choice>) -> Plan {
        let mut max_tokens = self.limit();
        let (mut mode, effort) = self.mode();
        if let Mode::Enabled(Some(budget)) = mode {
            mode = self.fit(budget, &mut max_tokens);
        }
        if mode.on()
            && let Some(why) = obstacle(mode, messages, choice)
        {
            self.drop(&"reasoning", why);
            mode = Mode::Disabled;
        }
        if mode == Mode::Disabled {
            // `When thinking is disabled, an assistant message in the final position cannot contain thinking`
            for message in messages {
                message.items.retain(|item| !item.is_thought());
            }
        }
        let shown = self.conversation.reasoning.and_then(|reasoning| reasoning.shown).filter(|_| mode.on());
        Plan { mode, effort: effort.filter(|_| mode != Mode::Disabled), shown, max_tokens }
    }

    fn limit(&mut self) -> u64 {
        let most = self.target.max_output;
        match (self.conversation.max_output, most) {
            (Some(asked), Some(most)) if asked > most => {
                self.drop(&"max_output", &format!("is above what the model can give: {most} is asked for"));
                most
            }
            (Some(asked), _) => asked.max(1),
            (None, most) => most.unwrap_or(USUAL_OUTPUT),
        }
    }

    fn mode(&mut self) -> (Mode, Option<&'static str>) {
        let Some(reasoning) = self.conversation.reasoning else {
            return (Mode::Unsaid, None);
        };
        let style = self.target.reasoning;
        if style == ReasoningStyle::None {
            if !reasoning.off() {
                self.drop(&"reasoning", "cannot be asked of this target");
            }
            return (Mode::Unsaid, None);
        }
        let adaptive = matches!(style, ReasoningStyle::Adaptive | ReasoningStyle::Effort);
        if reasoning.off() && (!adaptive || self.target.can_rest()) {
            return (Mode::Disabled, None);
        }
        let level = match (reasoning.budget.map(Effort::of_budget), reasoning.effort) {
            // Claude 4.6 takes `max` but no `xhigh`, and here nobody said it.
            (Some(Effort::XHigh), _) => Some(Effort::High),
            (Some(level), _) => Some(level),
            (None, effort) => effort,
        };
        let effort = level.map(|level| match self.target.effort(level) {
            Effort::None | Effort::Minimal | Effort::Low => "low",
            Effort::Medium => "medium",
            Effort::High => "high",
            Effort::XHigh => "xhigh",
            Effort::Max => "max",
        });
        match style {
            ReasoningStyle::Budget => {
                if reasoning.tokens().is_none() {
                    self.drop(&"reasoning", "states no level, which the target must be told");
                }
                (reasoning.tokens().map_or(Mode::Unsaid, |tokens| Mode::Enabled(Some(tokens))), None)
            }
            // A level alone leaves most models not thinking at all (decolua/9router#2635, 2026-07-15).
            ReasoningStyle::Adaptive | ReasoningStyle::Effort => (Mode::Adaptive, effort),
            ReasoningStyle::Switch => (Mode::Enabled(None), None),
            ReasoningStyle::None => (Mode::Unsaid, None),
        }
    }

    /// Makes a budget and the limit fit: at least 1024, and less than `max_tokens`.
    fn fit(&mut self, budget: u64, max_tokens: &mut u64) -> Mode {
        let mut budget = budget.max(LEAST);
        if budget < *max_tokens {
            return Mode::Enabled(Some(budget));
        }
        let most = self.target.max_output.unwrap_or(USUAL_LIMIT).max(*max_tokens);
        let room = *max_tokens;
        *max_tokens = most.min(budget.saturating_add(room));
        if self.conversation.max_output.is_some() && *max_tokens > room {
            self.drop(&"max_output", "had to be raised above the budget for thinking");
        }
        if budget >= *max_tokens {
            // A quarter at most is kept for the answer.
            budget = *max_tokens - room.min(*max_tokens / 4);
            if budget < LEAST || budget >= *max_tokens {
                self.drop(&"reasoning", "does not fit into the limit of output");
                return Mode::Disabled;
            }
            self.drop(&"reasoning.budget", "had to be lowered below the limit of output");
        }
        Mode::Enabled(Some(budget))
    }
}

/// Why there can be no thinking in this request.
fn obstacle(mode: Mode, messages: &[Message<'_>], choice: Option<&Choice>) -> Option<&'static str> {
    if matches!(choice, Some(Choice::Any | Choice::Tool(_))) {
        return Some("is off for this request: a tool must be called, which thinking does not allow");
    }
    if messages.last().is_some_and(|last| last.role == Role::Assistant) {
        return Some(
            "is off for this request: the answer goes on from given words, which thinking does not allow",
        );
    }
    // Adaptive thinking takes calls without a thought (james-6-23/codex2api#613, tried with Opus 5, 2026-09-02).
    let unthought = match mode {
        Mode::Enabled(Some(_)) => loop_begins_without(messages),
        // Kimi and DeepSeek refuse any earlier call without a thought: `thinking is enabled but reasoning_content is
        // missing in assistant tool call message at index 5` (borawong/AiMaMi#10, 2026-05-25).
        Mode::Enabled(None) => messages.iter().any(calls_without_a_thought),
        _ => false,
    };
    unthought.then_some("is off for this request: a call before has no thought that the target takes back")
}

/// Whether the loop of calls that is under way has no thought at its beginning. `Expected thinking or
/// redacted_thinking, but found tool_use. When thinking is enabled, a final assistant message must start with a
/// thinking block`: without interleaved thinking only the first message of a loop has one.
fn loop_begins_without(messages: &[Message<'_>]) -> bool {
    let has_results =
        |message: &Message<'_>| message.items.iter().any(|item| matches!(item.what, What::Result { .. }));
    let begun: Vec<_> = messages
        .iter()
        .rev()
        .take_while(|message| message.role != Role::User || has_results(message))
        .filter(|message| message.role == Role::Assistant)
        .collect();
    let thinks = |message: &&Message<'_>| message.items.first().is_some_and(Item::is_thought);
    match (begun.first(), begun.last()) {
        (Some(last), Some(first)) => !thinks(first) && !thinks(last),
        _ => false,
    }
}

fn calls_without_a_thought(message: &Message<'_>) -> bool {
    let calls = message.items.iter().any(|item| matches!(item.what, What::Call { .. }));
    calls && !message.items.iter().any(Item::is_thought)
}
