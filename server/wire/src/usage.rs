//! Token counts: four that never overlap, and the one conversion table per dialect.
//!
//! | `Usage`       | chat (OpenAI and compatible)                               | messages (Anthropic and compatible) |
//! |---------------|------------------------------------------------------------|-------------------------------------|
//! | `input`       | `prompt_tokens` less both cache counts, never below 0      | `input_tokens`                      |
//! | `cache_read`  | the largest of `prompt_tokens_details.cached_tokens`, `cached_tokens` (Moonshot), `prompt_cache_hit_tokens` (DeepSeek), `cache_read_input_tokens` (LiteLLM) | `cache_read_input_tokens` |
//! | `cache_write` | the largest of `prompt_tokens_details.cache_write_tokens` (OpenRouter), `prompt_tokens_details.cache_creation_tokens`, `cache_creation_input_tokens` (LiteLLM) | `cache_creation_input_tokens`, else the sum of `cache_creation.*` |
//! | `output`      | `completion_tokens`, plus reasoning where that lies outside (below) | `output_tokens`            |
//! | `reasoning`   | `completion_tokens_details.reasoning_tokens`, `reasoning_tokens` | not stated                    |
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
//! Several statements in one stream are cumulative, so the later one stands, field by field. A field that is
//! missing or null keeps the earlier value, as do a prompt and an output of zero; a statement that is zero
//! throughout is no statement (MiniMax sends zeros with every chunk: MiniMax-AI/MiniMax-M2.5#2, 2026-02-16).
//! On messages the three prompt counts stand or fall together: Z.ai says 0 in `message_start` and the truth in
//! `message_delta` (zai-org/GLM-5#139, 2026-09-01), Anthropic restates larger counts there after server tools,
//! and a zero there must not erase the start.

use crate::json::{Cursor, Flaw};

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

/// Chat counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ChatCounts {
    prompt: Option<u64>,
    completion: Option<u64>,
    total: Option<u64>,
    read: Option<u64>,
    missed: Option<u64>,
    written: Option<u64>,
    reasoning: Option<u64>,
}

impl ChatCounts {
    /// Reads one `usage` value; was it an object?
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Flaw> {
        let mut new = Self::default();
        let mut input = None;
        let mut output = None;
        let object = cursor.object(|cursor, key| {
            match key {
                b"prompt_tokens" => new.prompt = cursor.count()?,
                b"completion_tokens" => new.completion = cursor.count()?,
                b"total_tokens" => new.total = cursor.count()?,
                b"input_tokens" => input = cursor.count()?,
                b"output_tokens" => output = cursor.count()?,
                b"cached_tokens" | b"prompt_cache_hit_tokens" | b"cache_read_input_tokens" => {
                    new.read = new.read.max(cursor.count()?);
                }
                b"prompt_cache_miss_tokens" => new.missed = cursor.count()?,
                b"cache_creation_input_tokens" | b"cache_write_tokens" => {
                    new.written = new.written.max(cursor.count()?);
                }
                b"reasoning_tokens" => new.reasoning = new.reasoning.max(cursor.count()?),
                b"prompt_tokens_details" | b"input_tokens_details" => {
                    cursor.object(|cursor, key| {
                        match key {
                            b"cached_tokens" => new.read = new.read.max(cursor.count()?),
                            b"cache_write_tokens" | b"cache_creation_tokens" => {
                                new.written = new.written.max(cursor.count()?);
                            }
                            _ => cursor.skip()?,
                        }
                        Ok(())
                    })?;
                }
                b"completion_tokens_details" | b"output_tokens_details" => {
                    cursor.object(|cursor, key| {
                        if key == b"reasoning_tokens" {
                            new.reasoning = new.reasoning.max(cursor.count()?);
                            Ok(())
                        } else {
                            cursor.skip()
                        }
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        new.prompt = new.prompt.or(input);
        new.completion = new.completion.or(output);
        if [new.prompt, new.completion, new.read, new.missed].into_iter().flatten().any(|count| count > 0) {
            let grown = |new: Option<u64>, old: Option<u64>| new.filter(|count| *count > 0).or(old).or(new);
            self.prompt = grown(new.prompt, self.prompt);
            self.completion = grown(new.completion, self.completion);
            self.total = grown(new.total, self.total);
            self.read = new.read.or(self.read);
            self.missed = new.missed.or(self.missed);
            self.written = new.written.or(self.written);
            self.reasoning = new.reasoning.or(self.reasoning);
        }
        Ok(object)
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        let cache_read = self.read.unwrap_or(0);
        let cache_write = self.written.unwrap_or(0);
        let cached = cache_read.saturating_add(cache_write);
        let prompt = self.prompt.unwrap_or_else(|| cached.saturating_add(self.missed.unwrap_or(0)));
        let completion = self.completion.unwrap_or(0);

        let mut input = prompt.saturating_sub(cached);
        let mut output = completion;
        let mut reasoning = self.reasoning;
        if let (Some(total), Some(_), Some(_)) = (self.total, self.prompt, self.completion) {
            let left_out = total.saturating_sub(prompt).saturating_sub(completion);
            if left_out == 0 {
            } else if Some(left_out) == reasoning {
                output = completion.saturating_add(left_out);
            } else if left_out == cached {
                input = prompt;
            } else if reasoning.unwrap_or(0) == 0 && cached <= prompt {
                output = completion.saturating_add(left_out);
                reasoning = Some(left_out);
            }
        }
        Usage { input, cache_read, cache_write, output, reasoning }.stated()
    }
}

/// Messages counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MessagesCounts {
    input: Option<u64>,
    read: Option<u64>,
    written: Option<u64>,
    output: Option<u64>,
}

impl MessagesCounts {
    /// Reads one `usage` value.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let mut new = Self::default();
        let mut by_age = None;
        cursor.object(|cursor, key| {
            match key {
                b"input_tokens" => new.input = cursor.count()?,
                b"cache_read_input_tokens" => new.read = cursor.count()?,
                b"cache_creation_input_tokens" => new.written = cursor.count()?,
                b"output_tokens" => new.output = cursor.count()?,
                // {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}
                b"cache_creation" => {
                    cursor.object(|cursor, _| {
                        if let Some(count) = cursor.count()? {
                            by_age = Some(by_age.unwrap_or(0_u64).saturating_add(count));
                        }
                        Ok(())
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        new.written = new.written.or(by_age);
        if [new.input, new.read, new.written].into_iter().flatten().any(|count| count > 0) {
            self.input = new.input.or(self.input);
            self.read = new.read.or(self.read);
            self.written = new.written.or(self.written);
        }
        self.output = self.output.max(new.output);
        Ok(())
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        Usage {
            input: self.input.unwrap_or(0),
            cache_read: self.read.unwrap_or(0),
            cache_write: self.written.unwrap_or(0),
            output: self.output.unwrap_or(0),
            reasoning: None,
        }
        .stated()
    }
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
