//! Everything but messages and tools.

use super::{Encoder, NAME_LIMIT, name_char};
use crate::ReasoningStyle;
use crate::conversation::{Effort, Names};
use crate::json::write::ObjectWriter;
use crate::transcode::responses::{fitting, takes_verbosity};
use crate::transcode::structured::Form;

/// The most stop sequences OpenAI takes.
const STOP_LIMIT: usize = 4;

impl Encoder<'_> {
    /// Writes them all.
    pub(super) fn options(&mut self, body: &mut ObjectWriter<'_>) {
        let conversation = self.conversation;
        let sampling = &conversation.sampling;
        body.maybe_raw("temperature", sampling.temperature);
        body.maybe_raw("top_p", sampling.top_p);
        body.maybe_raw("seed", sampling.seed);
        body.maybe_raw("presence_penalty", sampling.presence_penalty);
        body.maybe_raw("frequency_penalty", sampling.frequency_penalty);
        // OpenAI and Groq refuse a request that has them.
        for (name, value) in [("top_k", sampling.top_k), ("min_p", sampling.min_p)] {
            if value.is_some() {
                self.lost(&format!("sampling.{name}"), "chat has no member for it");
            }
        }
        self.max_output(body);
        self.stop(body);
        self.reasoning(body);
        self.format(body);

        // OpenRouter takes 128 characters, Z.ai too (looplj/axonhub#1669).
        body.maybe_text("user", conversation.user.as_deref().map(fitting).as_deref());
        if !conversation.metadata.is_empty() {
            // «'metadata' … only allowed when 'store' is enabled» (QwenLM/qwen-code#243).
            self.lost(&"metadata", "chat takes labels only for answers that it stores");
        }
        body.maybe_text("prompt_cache_key", conversation.cache_key.as_deref().map(fitting).as_deref());
        match conversation.service_tier.as_deref() {
            Some(tier @ ("auto" | "default" | "flex" | "priority" | "scale")) => {
                body.text("service_tier", tier);
            }
            // Anthropic's word for it.
            Some("standard_only") => body.text("service_tier", "default"),
            Some(_) => self.lost(&"service_tier", "chat has no tier of this name"),
            None => {}
        }
        if conversation.continues.is_some() {
            self.lost(&"continues", "chat has no stored answers");
        }
    }

    fn max_output(&mut self, body: &mut ObjectWriter<'_>) {
        let Some(mut tokens) = self.conversation.max_output else { return };
        if let Some(most) = self.target.max_output.filter(|most| *most < tokens) {
            self.lost(&"max_output", "the model can give less; its own limit is asked for");
            tokens = most;
        }
        let name = if self.target.max_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
        body.count(name, tokens);
    }

    fn stop(&mut self, body: &mut ObjectWriter<'_>) {
        let stop = &self.conversation.stop;
        if !stop.is_empty() {
            body.list("stop", |list| stop.iter().take(STOP_LIMIT).for_each(|one| list.text(one)));
        }
        for at in STOP_LIMIT..stop.len() {
            self.lost(&format!("stop[{at}]"), "chat takes four at most");
        }
    }

    fn reasoning(&mut self, body: &mut ObjectWriter<'_>) {
        let Some(asked) = self.conversation.reasoning else { return };
        if asked.shown == Some(false) && !asked.off() {
            self.lost(&"reasoning.shown", "chat cannot be asked to keep it hidden");
        }
        let Some(level) = asked.level() else { return };
        match self.target.reasoning {
            ReasoningStyle::None if level == Effort::None => {}
            ReasoningStyle::None => self.lost(&"reasoning", "the target cannot be asked to reason"),
            ReasoningStyle::Effort | ReasoningStyle::Adaptive => {
                let nearest = self.target.effort(level);
                let nearest =
                    if self.target.efforts.is_empty() { nearest.min(Effort::XHigh) } else { nearest };
                body.text("reasoning_effort", nearest.as_str());
                if nearest != level {
                    let why = format!("{} is asked for as {}", level.as_str(), nearest.as_str());
                    self.lost(&"reasoning.effort", &why);
                }
                if asked.budget.is_some_and(|budget| budget != level.budget()) {
                    self.lost(&"reasoning.budget", "it is asked for as the nearest level");
                }
            }
            // OpenRouter's form of it.
            ReasoningStyle::Budget => body.object("reasoning", |reasoning| match asked.tokens() {
                Some(0) | None => reasoning.bool("enabled", false),
                Some(tokens) => reasoning.count("max_tokens", tokens),
            }),
            ReasoningStyle::Switch => {
                let state = if level == Effort::None { "disabled" } else { "enabled" };
                body.object("thinking", |thinking| thinking.text("type", state));
                if !matches!(level, Effort::None | Effort::Medium) {
                    self.lost(&"reasoning.effort", "the target reasons or it does not");
                }
            }
        }
    }

    fn format(&mut self, body: &mut ObjectWriter<'_>) {
        match &self.form {
            Form::Text => {}
            Form::Json => {
                body.object("response_format", |format| format.text("type", "json_object"));
            }
            Form::Schema { name, description, schema, strict } => {
                // A name that is not the client's own needs no way back.
                let own = name.filter(|name| !name.is_empty()).unwrap_or("answer");
                let name = Names::default().send(own, NAME_LIMIT, name_char).into_owned();
                body.object("response_format", |format| {
                    format.text("type", "json_schema");
                    format.object("json_schema", |inner| {
                        inner.text("name", &name);
                        inner.maybe_text("description", *description);
                        inner.raw("schema", schema);
                        if let Some(strict) = strict {
                            inner.bool("strict", *strict);
                        }
                    });
                });
            }
        }
        if let Some(verbosity) = self.conversation.verbosity.as_deref() {
            if takes_verbosity(self.target.model, verbosity) {
                body.text("verbosity", verbosity);
            } else {
                self.lost(&"verbosity", "the model cannot be asked for it");
            }
        }
    }
}
