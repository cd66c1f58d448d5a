//! A request for a provider.

mod messages;
mod tools;

use crate::conversation::{Effort, Names, OutputFormat};
use crate::json::write::{ObjectWriter, Writer};
use crate::{Conversation, Dropped, Encoded, ReasoningStyle, Target};

/// Encodes a request.
pub(crate) fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let mut encoder = Encoder { names: Names::default(), dropped: Vec::new() };
    let body = Writer::object(4096, |body| {
        body.text("model", target.model);
        encoder.messages(conversation, body);
        encoder.tools(conversation, body);
        encoder.format(conversation, target, body);
        encoder.think(conversation, target, body);
        body.bool("stream", target.stream);
        options(conversation, body);
    });
    encoder.no_place_for(conversation);
    Encoded { body, dropped: encoder.dropped, names: encoder.names }
}

struct Encoder {
    names: Names,
    dropped: Vec<Dropped>,
}

impl Encoder {
    fn drop(&mut self, path: &str, why: &str) {
        self.dropped.push(Dropped::new(&path, why));
    }

    fn format(&mut self, conversation: &Conversation<'_>, target: &Target<'_>, body: &mut ObjectWriter<'_>) {
        match &conversation.format {
            None => {}
            Some(OutputFormat::Json) => body.text("format", "json"),
            Some(OutputFormat::Schema { name, description, schema, .. }) => {
                if target.schema {
                    body.raw("format", schema);
                } else {
                    body.text("format", "json");
                    self.drop("format.schema", "the target follows no schema, so any JSON is asked for");
                }
                for (path, stated) in
                    [("format.name", name.is_some()), ("format.description", description.is_some())]
                {
                    if stated {
                        self.drop(path, "Ollama takes the bare schema");
                    }
                }
            }
        }
    }

    /// The levels are Ollama's own (`ThinkValue`, api/types.go; `max` since 2026-04-24, ollama/ollama#15787), and so is
    /// `xhigh` as `high` (anthropic/anthropic.go). Models that cannot think refuse any level.
    fn think(&mut self, conversation: &Conversation<'_>, target: &Target<'_>, body: &mut ObjectWriter<'_>) {
        let Some(reasoning) = conversation.reasoning else { return };
        if target.reasoning == ReasoningStyle::None {
            self.drop("reasoning", "the target cannot be asked to reason");
            return;
        }
        let level = reasoning.level().map(|level| target.effort(level));
        if reasoning.shown == Some(false) && level != Some(Effort::None) {
            self.drop("reasoning.shown", "Ollama hides no reasoning");
        }
        if reasoning.budget.is_some_and(|budget| budget > 0) {
            self.drop("reasoning.budget", "Ollama is asked by level, and the nearest was chosen");
        }
        match level {
            None if reasoning.shown == Some(true) => body.bool("think", true),
            None => {}
            Some(Effort::None) => body.bool("think", false),
            Some(_) if target.reasoning == ReasoningStyle::Switch => body.bool("think", true),
            Some(level) => {
                let (word, exact) = match level {
                    Effort::None | Effort::Minimal => ("low", false),
                    Effort::Low => ("low", true),
                    Effort::Medium => ("medium", true),
                    Effort::High => ("high", true),
                    Effort::XHigh => ("high", false),
                    Effort::Max => ("max", true),
                };
                body.text("think", word);
                if !exact && reasoning.budget.is_none() {
                    self.drop("reasoning.effort", "Ollama has no such level, and the nearest was chosen");
                }
            }
        }
    }

    fn no_place_for(&mut self, conversation: &Conversation<'_>) {
        let Conversation { parallel_tools, user, metadata, cache_key, service_tier, continues, .. } =
            conversation;
        for (path, stated) in [
            ("user", user.is_some()),
            ("metadata", !metadata.is_empty()),
            ("cache_key", cache_key.is_some()),
            ("service_tier", service_tier.is_some()),
        ] {
            if stated {
                self.drop(path, "Ollama has no such member");
            }
        }
        if *parallel_tools == Some(false) {
            self.drop("parallel_tools", "Ollama cannot be told to call one tool at a time");
        }
        if continues.is_some() {
            self.drop("continues", "Ollama stores no answers");
        }
    }
}

fn options(conversation: &Conversation<'_>, body: &mut ObjectWriter<'_>) {
    let sampling = &conversation.sampling;
    let numbers = [
        ("temperature", sampling.temperature),
        ("top_p", sampling.top_p),
        ("top_k", sampling.top_k),
        ("min_p", sampling.min_p),
        ("seed", sampling.seed),
        ("presence_penalty", sampling.presence_penalty),
        ("frequency_penalty", sampling.frequency_penalty),
    ];
    let (most, stop) = (conversation.max_output, &conversation.stop);
    if most.is_none() && stop.is_empty() && numbers.iter().all(|(_, number)| number.is_none()) {
        return;
    }
    body.object("options", |options| {
        for (key, number) in numbers {
            options.maybe_raw(key, number);
        }
        if let Some(most) = most {
            options.count("num_predict", most);
        }
        if !stop.is_empty() {
            options.list("stop", |items| stop.iter().for_each(|text| items.text(text)));
        }
    });
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
