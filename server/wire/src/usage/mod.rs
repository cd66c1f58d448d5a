//! Token counts: four that never overlap, and the one conversion table per dialect.
//!
//! | `Usage`       | chat (OpenAI and compatible)                               | messages (Anthropic and compatible) |
//! |---------------|------------------------------------------------------------|-------------------------------------|
//! | `input`       | `prompt_tokens` less both cache counts, never below 0      | `input_tokens`                      |
//! | `cache_read`  | the largest of `prompt_tokens_details.cached_tokens`, `cached_tokens` (Moonshot), `prompt_cache_hit_tokens` (DeepSeek), `cache_read_input_tokens` (LiteLLM) | `cache_read_input_tokens` |
//! | `cache_write` | the largest of `prompt_tokens_details.cache_write_tokens` (OpenRouter), `prompt_tokens_details.cache_creation_tokens`, `cache_creation_input_tokens` (LiteLLM) | `cache_creation_input_tokens`, else the sum of `cache_creation.*` |
//! | `output`      | `completion_tokens`, plus reasoning where that lies outside (below) | `output_tokens`            |
//! | `reasoning`   | `completion_tokens_details.reasoning_tokens`, `reasoning_tokens` | `output_tokens_details.thinking_tokens` |
//!
//! | `Usage`       | gemini (`usageMetadata`)                                                    |
//! |---------------|-----------------------------------------------------------------------------|
//! | `input`       | `promptTokenCount` plus `toolUsePromptTokenCount`, less `cache_read`, never below 0 |
//! | `cache_read`  | `cachedContentTokenCount`, which lies inside `promptTokenCount`             |
//! | `cache_write` | not stated                                                                  |
//! | `output`      | `candidatesTokenCount` plus `thoughtsTokenCount`, unless `totalTokenCount` is the sum without the latter: then it lies inside (Arize-ai/openinference#3177, 2026-05-29) |
//! | `reasoning`   | `thoughtsTokenCount`                                                        |
//!
//! Every chunk of a Gemini stream restates its counts; a later one stands, field by field, unless it is zero.
//! Written for a chat client: `prompt_tokens` is the first three together, `completion_tokens` the output,
//! `cached_tokens` what was read, `cache_write_tokens` what was written where there is any, so that reading it gives
//! the same counts.
//!
//! Where chat usage is stated: `usage`, `x_groq.usage` (Groq streams), `choices[].usage` (Moonshot streams).
//! `prompt_tokens` missing but DeepSeek's two cache counts given: their sum. `input_tokens` and
//! `output_tokens` are taken where the usual names are missing.
//!
//! `total_tokens` settles what a vendor left out of the other two. xAI does not count reasoning in
//! `completion_tokens` (vercel/ai#12425, 2026-02-11), nor do converters in front of Gemini, some of which state
//! no reasoning count at all (mozilla-ai/any-llm#1290, 2026-08-16); some gateways leave the cache out of
//! `prompt_tokens`. The difference is believed to be reasoning or cache if it is exactly the count stated for
//! it, and to be reasoning if none is stated.
//!
//! Ollama states `prompt_eval_count` (`input`) and `eval_count` (`output`) in the last document and nothing of a cache
//! or of reasoning, which is inside `eval_count`. Either is left out where it is 0. Going out, `prompt_eval_count` is
//! the whole prompt.
//!
//! responses: as chat, with `input_tokens`, `input_tokens_details`, `output_tokens` and `output_tokens_details` for
//! its names; stated in `response.usage` of a stream's last event, or in `usage` of a whole reply.
//!
//! A few providers also state what the answer cost (`cost.rs`).
//!
//! Several statements in one stream are cumulative, so the later one stands, field by field. A field that is
//! missing or null keeps the earlier value, as do a prompt and an output of zero; a statement that is zero
//! throughout is no statement (MiniMax sends zeros with every chunk: MiniMax-AI/MiniMax-M2.5#2, 2026-02-16).
//! On messages the three prompt counts stand or fall together: Z.ai says 0 in `message_start` and the truth in
//! `message_delta` (zai-org/GLM-5#139, 2026-09-01), Anthropic restates larger counts there after server tools,
//! and a zero there must not erase the start.

mod chat;
mod cost;
mod gemini;
mod messages;
mod ollama;
mod responses;

pub(crate) use chat::{ChatCounts, write_chat};
pub(crate) use gemini::{GeminiCounts, write_gemini};
pub(crate) use messages::{MessagesCounts, write_messages};
pub(crate) use ollama::{OllamaCounts, write as write_ollama};
pub(crate) use responses::{ResponsesCounts, write_responses};

/// Token counts of one reply. The four counts are disjoint: their sum is what passed through the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Prompt tokens neither read from nor written to the provider's prompt cache.
    pub input: u64,
    /// Prompt tokens read from the cache.
    pub cache_read: u64,
    /// Prompt tokens written to the cache.
    pub cache_write: u64,
    /// Tokens generated, reasoning included.
    pub output: u64,
    /// How many of `output` were reasoning, where the provider states it.
    pub reasoning: Option<u64>,
}

impl Usage {
    /// All prompt tokens, cached or not.
    pub const fn prompt(&self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.cache_write)
    }

    fn stated(self) -> Option<Self> {
        (self.prompt() > 0 || self.output > 0).then_some(self)
    }
}

#[cfg(test)]
mod tests;
