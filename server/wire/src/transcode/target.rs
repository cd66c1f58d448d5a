//! What encoding must know of a target, and what it gives.

use crate::Dropped;
use crate::conversation::{Effort, Names};

/// What encoding must know of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'t> {
    /// The model's name as the provider wants it.
    pub model: &'t str,
    /// The provider's id: its own seals are given back, others are not.
    pub issuer: &'t str,
    /// Whether to ask for a stream.
    pub stream: bool,
    /// Most tokens of output the model can give, where known. Messages must state a limit.
    pub max_output: Option<u64>,
    /// How reasoning is asked for.
    pub reasoning: ReasoningStyle,
    /// The levels of reasoning it takes; empty: all.
    pub efforts: &'t [Effort],
    /// Whether JSON of a given schema can be asked for.
    pub schema: bool,
    /// Chat only: whether the output limit is called `max_completion_tokens` (OpenAI) and not `max_tokens`.
    pub max_completion_tokens: bool,
    /// Chat only: whether instructions after the first turn may have a turn of their own.
    pub late_system: bool,
    /// Chat: the member in which earlier reasoning is handed back as text; `None`: not at all. Messages: if stated,
    /// thoughts go back without a signature too (DeepSeek, Kimi).
    pub reasoning_member: Option<&'t str>,
    /// Chat only: whether marks of the prompt cache are known (`cache_control` on parts and tools: OpenRouter,
    /// Alibaba); others refuse them.
    pub cache_marks: bool,
    /// Chat only: whether the id of a call must be nine letters or digits (Mistral).
    pub short_ids: bool,
    /// Messages only: whether instructions after the first turn may have a message of their own (Claude from 4.8 on).
    /// Where not, they stand in the person's message, marked as instructions.
    pub system_messages: bool,
    /// Messages only: whether to place marks of the prompt cache where the client has set none.
    pub place_cache: bool,
}

/// How a target is asked to reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasoningStyle {
    /// It cannot be asked.
    None,
    /// By level: chat's `reasoning_effort`, Responses' `reasoning.effort`, Gemini's `thinkingLevel`, Ollama's `think`.
    Effort,
    /// By tokens: Messages' `thinking.budget_tokens`, Gemini's `thinkingBudget`.
    Budget,
    /// Messages only: `thinking: {"type":"adaptive"}` with `output_config.effort` (Claude from 4.6 on).
    Adaptive,
    /// On or off only: chat's `thinking: {"type":"enabled"}` (DeepSeek, GLM, Kimi), Messages without a budget,
    /// Ollama's `think: true`.
    Switch,
}

/// An encoded request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Encoded {
    /// The body.
    pub body: Vec<u8>,
    /// What could not be carried over.
    pub dropped: Vec<Dropped>,
    /// Names as they were sent.
    pub names: Names,
}

impl<'t> Target<'t> {
    /// A target of which only its names are known.
    pub const fn new(model: &'t str, issuer: &'t str, stream: bool) -> Self {
        Self {
            model,
            issuer,
            stream,
            max_output: None,
            reasoning: ReasoningStyle::Effort,
            efforts: &[],
            schema: true,
            max_completion_tokens: false,
            late_system: true,
            reasoning_member: None,
            cache_marks: false,
            short_ids: false,
            system_messages: false,
            place_cache: true,
        }
    }

    /// Whether it can be told not to reason.
    pub fn can_rest(&self) -> bool {
        self.efforts.is_empty() || self.efforts.contains(&Effort::None)
    }

    /// The level nearest to the one wanted that the target takes; of two equally near the higher.
    pub fn effort(&self, wanted: Effort) -> Effort {
        let distance = |effort: Effort| (effort as i8).abs_diff(wanted as i8);
        self.efforts
            .iter()
            .copied()
            .min_by_key(|effort| (distance(*effort), *effort < wanted))
            .unwrap_or(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_level_is_taken() {
        let mut target = Target::new("m", "p", false);
        assert_eq!(target.effort(Effort::XHigh), Effort::XHigh);
        target.efforts = &[Effort::None, Effort::High];
        assert_eq!(target.effort(Effort::Medium), Effort::High);
        assert_eq!(target.effort(Effort::Minimal), Effort::None);
        target.efforts = &[Effort::Low, Effort::High];
        assert_eq!(target.effort(Effort::Medium), Effort::High);
        assert_eq!(target.effort(Effort::None), Effort::Low);
    }
}
