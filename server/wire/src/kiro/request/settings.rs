//! Everything beside what was said.

use super::Encoder;
use crate::conversation::OutputFormat;
use crate::transcode::structured::{ANY_JSON, in_words};

impl Encoder<'_> {
    /// The form of the answer, which can be asked for in words only.
    pub(super) fn format(&mut self, instructions: &mut Vec<String>) {
        let conversation = self.conversation;
        let Some(format) = &conversation.format else { return };
        instructions.push(match format {
            OutputFormat::Json => ANY_JSON.to_owned(),
            OutputFormat::Schema { schema, .. } => in_words(schema),
        });
        self.losses.one("format", "is asked for in the instructions: Kiro cannot be asked for it otherwise");
        if let OutputFormat::Schema { name, description, .. } = format {
            for (path, stated) in
                [("format.name", name.is_some()), ("format.description", description.is_some())]
            {
                if stated {
                    self.losses.one(path, "is not told: the bare schema is");
                }
            }
        }
    }

    pub(super) fn no_place_for_the_rest(&mut self) {
        let conversation = self.conversation;
        let sampling = &conversation.sampling;
        for (path, stated) in [
            ("sampling.temperature", sampling.temperature.is_some()),
            ("sampling.top_p", sampling.top_p.is_some()),
            ("sampling.top_k", sampling.top_k.is_some()),
            ("sampling.min_p", sampling.min_p.is_some()),
            ("sampling.seed", sampling.seed.is_some()),
            ("sampling.presence_penalty", sampling.presence_penalty.is_some()),
            ("sampling.frequency_penalty", sampling.frequency_penalty.is_some()),
            ("stop", !conversation.stop.is_empty()),
            ("verbosity", conversation.verbosity.is_some()),
            ("user", conversation.user.is_some()),
            ("metadata", !conversation.metadata.is_empty()),
            ("cache_key", conversation.cache_key.is_some()),
            ("service_tier", conversation.service_tier.is_some()),
        ] {
            if stated {
                self.losses.one(path, "Kiro has no such member");
            }
        }
        if conversation.parallel_tools == Some(false) {
            self.losses.one("parallel_tools", "Kiro cannot be told to call one tool at a time");
        }
        if conversation.continues.is_some() {
            self.losses.one("continues", "names an answer stored at another vendor");
        }
    }
}
