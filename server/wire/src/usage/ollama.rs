//! Ollama's counts; the table is in `mod.rs`.

use super::Usage;
use crate::json::write::ObjectWriter;

/// Ollama's counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OllamaCounts {
    prompt: Option<u64>,
    output: Option<u64>,
}

impl OllamaCounts {
    /// Takes one statement: the members lie in the document itself, and only the last document of a stream has them.
    pub(crate) fn state(&mut self, prompt: Option<u64>, output: Option<u64>) {
        let stated = |new: Option<u64>, old: Option<u64>| new.filter(|count| *count > 0).or(old);
        self.prompt = stated(prompt, self.prompt);
        self.output = stated(output, self.output);
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        let (input, output) = (self.prompt.unwrap_or(0), self.output.unwrap_or(0));
        Usage { input, output, ..Usage::default() }.stated()
    }
}

/// Writes the counts among the members of a last document. How long things took is not known: 0.
pub(crate) fn write(usage: Usage, out: &mut ObjectWriter<'_>) {
    out.count("total_duration", 0);
    out.count("load_duration", 0);
    out.count("prompt_eval_count", usage.prompt());
    out.count("prompt_eval_duration", 0);
    out.count("eval_count", usage.output);
    out.count("eval_duration", 0);
}
