//! Gemini's counts; the table is in `mod.rs`.

use super::Usage;
use crate::json::write::ObjectWriter;
use crate::json::{Cursor, Flaw};

/// Gemini's counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GeminiCounts {
    prompt: Option<u64>,
    tools: Option<u64>,
    cached: Option<u64>,
    candidates: Option<u64>,
    thoughts: Option<u64>,
    total: Option<u64>,
}

impl GeminiCounts {
    /// Reads one `usageMetadata` value; was it an object?
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Flaw> {
        cursor.object(|cursor, key| {
            let kept = match key {
                b"promptTokenCount" => &mut self.prompt,
                b"toolUsePromptTokenCount" => &mut self.tools,
                b"cachedContentTokenCount" => &mut self.cached,
                b"candidatesTokenCount" => &mut self.candidates,
                b"thoughtsTokenCount" => &mut self.thoughts,
                b"totalTokenCount" => &mut self.total,
                _ => return cursor.skip(),
            };
            // Every chunk restates the counts, the early ones in part (Vertex: only `trafficType`).
            *kept = cursor.count()?.filter(|count| *count > 0).or(*kept);
            Ok(())
        })
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        let cache_read = self.cached.unwrap_or(0);
        let prompt = self.prompt.unwrap_or(0).saturating_add(self.tools.unwrap_or(0));
        let candidates = self.candidates.unwrap_or(0);
        let thoughts = self.thoughts.unwrap_or(0);
        let inside = thoughts > 0 && self.total == Some(prompt.saturating_add(candidates));
        Usage {
            input: prompt.saturating_sub(cache_read),
            cache_read,
            cache_write: 0,
            output: if inside { candidates } else { candidates.saturating_add(thoughts) },
            reasoning: self.thoughts,
        }
        .stated()
    }
}

/// Writes the members of a `usageMetadata`.
pub(crate) fn write_gemini(usage: &Usage, out: &mut ObjectWriter<'_>) {
    let reasoning = usage.reasoning.unwrap_or(0).min(usage.output);
    out.count("promptTokenCount", usage.prompt());
    out.count("candidatesTokenCount", usage.output - reasoning);
    out.count("totalTokenCount", usage.prompt().saturating_add(usage.output));
    if usage.cache_read > 0 {
        out.count("cachedContentTokenCount", usage.cache_read);
    }
    if reasoning > 0 {
        out.count("thoughtsTokenCount", reasoning);
    }
}
