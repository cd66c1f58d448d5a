//! `generationConfig`.

use super::super::generation::{budget, takes_medium, takes_minimal};
use super::super::schema::{Root, narrow};
use super::{Encoder, json};
use crate::conversation::{Effort, OutputFormat, Reasoning};
use crate::json::tree::Path;
use crate::json::write::ObjectWriter;
use crate::{Conversation, ReasoningStyle};

/// The most stop sequences Gemini takes.
const STOPS: usize = 5;

impl Encoder<'_> {
    /// The settings, if there are any. `functions`: whether functions are offered.
    pub(super) fn settings(&mut self, conversation: &Conversation<'_>, functions: bool) -> Option<String> {
        let sampling = conversation.sampling;
        if sampling.min_p.is_some() {
            self.drop("sampling.min_p", "Gemini does not know it");
        }
        let seed = sampling.seed.filter(|seed| {
            let fits = seed.parse::<i32>().is_ok();
            if !fits {
                self.drop("sampling.seed", "Gemini takes 32 bits");
            }
            fits
        });
        // Most models refuse a penalty, even one of nothing: "Penalty is not enabled for this model".
        let penalty = |raw: &&str| raw.parse::<f64>().is_ok_and(|value| value != 0.0);
        let presence = sampling.presence_penalty.filter(penalty);
        let frequency = sampling.frequency_penalty.filter(penalty);
        let max = self.limit(conversation.max_output);
        let stops = self.stops(conversation);
        let thinking = conversation.reasoning.as_ref().and_then(|reasoning| self.thinking(reasoning, max));
        let (mime, schema) = self.format(conversation.format.as_ref(), functions);

        let text = json(|out| {
            out.maybe_raw("temperature", sampling.temperature);
            out.maybe_raw("topP", sampling.top_p);
            out.maybe_raw("topK", sampling.top_k);
            if let Some(max) = max {
                out.count("maxOutputTokens", max);
            }
            if !stops.is_empty() {
                out.list("stopSequences", |list| stops.iter().for_each(|stop| list.text(stop)));
            }
            out.maybe_raw("seed", seed);
            out.maybe_raw("presencePenalty", presence);
            out.maybe_raw("frequencyPenalty", frequency);
            out.maybe_text("responseMimeType", mime);
            out.maybe_raw("responseJsonSchema", schema.as_deref());
            out.maybe_raw("thinkingConfig", thinking.as_deref());
        });
        (text != "{}").then_some(text)
    }

    fn limit(&mut self, asked: Option<u64>) -> Option<u64> {
        match (asked, self.target.max_output) {
            (Some(asked), Some(most)) if asked > most => {
                self.drop("max_output", &format!("is more than the {most} the model can give"));
                Some(most)
            }
            _ => asked,
        }
    }

    fn stops<'c>(&mut self, conversation: &'c Conversation<'_>) -> Vec<&'c str> {
        let stops = conversation.stop.iter().map(AsRef::as_ref).filter(|stop: &&str| !stop.is_empty());
        let mut stops: Vec<&str> = stops.collect();
        if stops.len() > STOPS {
            self.drop("stop", "Gemini takes five at most");
            stops.truncate(STOPS);
        }
        stops
    }

    fn thinking(&mut self, reasoning: &Reasoning, limit: Option<u64>) -> Option<String> {
        let model = self.target.model;
        let mut off = reasoning.off();
        let mut level = None;
        let mut tokens = None;
        match self.target.reasoning {
            ReasoningStyle::None => {
                self.drop("reasoning", "the model cannot be asked to reason");
                return None;
            }
            ReasoningStyle::Effort => {
                // There is no level at which Gemini 3 does not think.
                off = false;
                level = reasoning.level().map(|effort| match self.target.effort(effort) {
                    Effort::None | Effort::Minimal if takes_minimal(model) => "MINIMAL",
                    Effort::None | Effort::Minimal | Effort::Low => "LOW",
                    Effort::Medium if takes_medium(model) => "MEDIUM",
                    Effort::Medium | Effort::High | Effort::XHigh | Effort::Max => "HIGH",
                });
            }
            ReasoningStyle::Budget | ReasoningStyle::Adaptive => {
                tokens = reasoning.tokens().map(|tokens| self.budget(tokens, limit).to_string());
                off = tokens.as_deref() == Some("0");
            }
            ReasoningStyle::Switch => {
                tokens = reasoning.level().map(|_| if off { "0" } else { "-1" }.to_owned())
            }
        }
        let text = json(|out| {
            out.maybe_raw("thinkingBudget", tokens.as_deref());
            out.maybe_text("thinkingLevel", level);
            // Thoughts of a model that does not think are refused.
            if let Some(shown) = reasoning.shown.filter(|_| !off) {
                out.bool("includeThoughts", shown);
            }
        });
        (text != "{}").then_some(text)
    }

    /// The budget the model takes. Thoughts count as output: a budget that fills the limit leaves no answer, so a quarter
    /// of it is kept for that.
    fn budget(&mut self, asked: u64, limit: Option<u64>) -> u64 {
        let tokens = budget(self.target.model, asked);
        let Some(limit) = limit.filter(|limit| tokens >= *limit) else { return tokens };
        let fitting = budget(self.target.model, limit - limit.div_ceil(4));
        if fitting < tokens {
            self.drop("reasoning.budget", "had to be lowered below the limit of output");
        }
        fitting
    }

    fn format(
        &mut self,
        format: Option<&OutputFormat<'_>>,
        functions: bool,
    ) -> (Option<&'static str>, Option<String>) {
        let Some(format) = format else { return (None, None) };
        if self.old && functions {
            self.drop("format", "Gemini before 3 gives no JSON while functions are offered");
            return (None, None);
        }
        let schema = match format {
            OutputFormat::Json => None,
            OutputFormat::Schema { .. } if !self.target.schema => {
                self.drop("format.schema", "the model follows no schema");
                None
            }
            OutputFormat::Schema { schema, description, .. } => {
                if description.is_some() {
                    self.drop("format.description", "Gemini has no place for it");
                }
                let path = Path::Root.key("format");
                narrow(schema, Root::Answer, &path.key("schema"), &mut self.dropped)
            }
        };
        (Some("application/json"), schema)
    }
}

/// An object that holds one text.
pub(super) fn one_text(key: &str, text: &str) -> String {
    json(|out: &mut ObjectWriter<'_>| out.text(key, text))
}
