//! Chat's counts; the table is in `mod.rs`.

use super::Usage;
use super::cost::StatedCost;
use crate::json::{Cursor, Flaw, write::ObjectWriter};

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
    /// USD in units of 10^-9.
    cost: Option<i64>,
}

impl ChatCounts {
    /// Reads one `usage` value; was it an object?
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Flaw> {
        let mut new = Self::default();
        let mut input = None;
        let mut output = None;
        let mut cost = StatedCost::default();
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
                _ if cost.read(cursor, key)? => {}
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        self.cost = cost.whole().or(self.cost);
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

    /// What the provider states that the answer cost, in USD in units of 10^-9.
    pub(crate) fn cost(&self) -> Option<i64> {
        self.cost
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

/// Writes the members of a `usage` value as OpenAI states them; cache writes in OpenRouter's member for them.
pub(crate) fn write_chat(usage: &Usage, object: &mut ObjectWriter<'_>) {
    object.count("prompt_tokens", usage.prompt());
    object.count("completion_tokens", usage.output);
    object.count("total_tokens", usage.prompt().saturating_add(usage.output));
    object.object("prompt_tokens_details", |details| {
        details.count("cached_tokens", usage.cache_read);
        if usage.cache_write > 0 {
            details.count("cache_write_tokens", usage.cache_write);
        }
    });
    if let Some(reasoning) = usage.reasoning {
        object.object("completion_tokens_details", |details| details.count("reasoning_tokens", reasoning));
    }
}
