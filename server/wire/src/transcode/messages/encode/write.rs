//! The request's text.

use super::thinking::Mode;
use super::{Choice, Encoder, Item, Request, Tool, What};
use crate::ReasoningStyle;
use crate::conversation::{Cache, Role, Source};
use crate::json::write::{ListWriter, ObjectWriter, Writer};

impl<'c> Encoder<'c> {
    pub(super) fn write(&mut self, request: &Request<'c>) -> Vec<u8> {
        let sampling = self.sampling(request.thinking.mode);
        let user = self.user_id();
        let tier = self.tier();
        let stops = self.stops();
        Writer::object(4096, |body| {
            body.text("model", self.target.model);
            body.count("max_tokens", request.thinking.max_tokens);
            if self.target.stream {
                body.bool("stream", true);
            }
            if !request.tools.is_empty() {
                body.list("tools", |tools| request.tools.iter().for_each(|one| tool(tools, one)));
            }
            if let Some(choice) = &request.choice {
                body.object("tool_choice", |object| self.write_choice(object, choice));
            }
            if !request.system.is_empty() {
                body.list("system", |system| items(system, &request.system));
            }
            body.list("messages", |messages| {
                for message in &request.messages {
                    messages.object(|object| {
                        object.text(
                            "role",
                            match message.role {
                                Role::System => "system",
                                Role::User => "user",
                                Role::Assistant => "assistant",
                            },
                        );
                        object.list("content", |content| items(content, &message.items));
                    });
                }
            });
            thinking(body, request);
            for (key, number) in sampling {
                body.maybe_raw(key, number);
            }
            if !stops.is_empty() {
                body.list("stop_sequences", |list| stops.iter().for_each(|stop| list.text(stop)));
            }
            if let Some(user) = user {
                body.object("metadata", |metadata| metadata.text("user_id", user));
            }
            body.maybe_text("service_tier", tier);
        })
    }

    /// Sampling that the target takes. With thinking, and with Claude after 4.6 in any case, temperature must be 1,
    /// `top_p` at least 0.99, and `top_k` is not taken (anthropic-sdk-typescript 0.120, 2026-08-19). Claude 4.5 takes one
    /// of the first two only: `temperature and top_p cannot both be specified for this model`.
    fn sampling(&mut self, mode: Mode) -> [(&'static str, Option<&'c str>); 3] {
        let stated = self.conversation.sampling;
        let number = |text: &str| text.parse::<f64>().unwrap_or_default();
        let fixed = mode.on() || self.target.reasoning == ReasoningStyle::Adaptive;
        let [mut temperature, mut top_p, mut top_k] = [stated.temperature, stated.top_p, stated.top_k];
        if fixed {
            const WHY: &str = "cannot be chosen where the target thinks";
            for (key, value, least) in [
                ("sampling.temperature", &mut temperature, 1.0),
                ("sampling.top_p", &mut top_p, 0.99),
                ("sampling.top_k", &mut top_k, f64::INFINITY),
            ] {
                if let Some(text) = value.take_if(|text| number(text) < least || number(text) > 1.0) {
                    self.drop(&key, &format!("{WHY}: {text} was asked for"));
                }
            }
        } else if let Some(text) = temperature
            && number(text) > 1.0
        {
            self.drop(
                &"sampling.temperature",
                &format!("{text} is more than this dialect knows: 1 was sent"),
            );
            temperature = Some("1");
        }
        if temperature.is_some() && top_p.take().is_some() {
            self.drop(&"sampling.top_p", "cannot be sent beside temperature");
        }
        [("temperature", temperature), ("top_p", top_p), ("top_k", top_k)]
    }

    /// The client's user, if Anthropic takes it: at most 256 characters, and no address.
    fn user_id(&mut self) -> Option<&'c str> {
        let user = self.conversation.user.as_deref()?;
        if user.is_empty() || user.contains('@') || user.chars().count() > 256 {
            self.drop(&"user", "is no id that Anthropic takes: opaque, and at most 256 characters");
            return None;
        }
        Some(user)
    }

    fn tier(&mut self) -> Option<&'static str> {
        match self.conversation.service_tier.as_deref()? {
            "auto" => Some("auto"),
            "standard_only" | "default" => Some("standard_only"),
            _ => {
                self.drop(&"service_tier", "is not known to this dialect");
                None
            }
        }
    }

    /// Anthropic refuses a stop sequence of white space only.
    fn stops(&mut self) -> Vec<&'c str> {
        let mut stops = Vec::new();
        for (index, stop) in self.conversation.stop.iter().enumerate() {
            if stop.trim().is_empty() {
                self.drop(&format!("stop[{index}]"), "is white space only, which Anthropic refuses");
            } else {
                stops.push(stop.as_ref());
            }
        }
        stops
    }

    fn write_choice(&self, object: &mut ObjectWriter<'_>, choice: &Choice) {
        object.text(
            "type",
            match choice {
                Choice::Auto => "auto",
                Choice::None => "none",
                Choice::Any => "any",
                Choice::Tool(_) => "tool",
            },
        );
        if let Choice::Tool(name) = choice {
            object.text("name", name);
        }
        if let Some(parallel) = self.conversation.parallel_tools
            && *choice != Choice::None
        {
            object.bool("disable_parallel_tool_use", !parallel);
        }
    }
}

fn thinking(body: &mut ObjectWriter<'_>, request: &Request<'_>) {
    let plan = &request.thinking;
    if plan.mode != Mode::Unsaid {
        body.object("thinking", |object| {
            object.text(
                "type",
                match plan.mode {
                    Mode::Enabled(_) => "enabled",
                    Mode::Adaptive => "adaptive",
                    Mode::Disabled | Mode::Unsaid => "disabled",
                },
            );
            if let Mode::Enabled(Some(budget)) = plan.mode {
                object.count("budget_tokens", budget);
            }
            if let Some(shown) = plan.shown {
                object.text("display", if shown { "summarized" } else { "omitted" });
            }
        });
    }
    if plan.effort.is_some() || request.schema.is_some() {
        body.object("output_config", |object| {
            object.maybe_text("effort", plan.effort);
            if let Some(schema) = &request.schema {
                object.object("format", |format| {
                    format.text("type", "json_schema");
                    format.raw("schema", schema);
                });
            }
        });
    }
}

fn tool(tools: &mut ListWriter<'_>, tool: &Tool<'_>) {
    tools.object(|object| {
        object.text("name", &tool.name);
        object.maybe_text("description", tool.description.as_deref());
        object.raw("input_schema", &tool.schema);
        if tool.strict {
            object.bool("strict", true);
        }
        mark(object, tool.cache);
    });
}

fn items(list: &mut ListWriter<'_>, items: &[Item<'_>]) {
    for one in items {
        list.object(|object| item(object, one));
    }
}

fn item(object: &mut ObjectWriter<'_>, item: &Item<'_>) {
    match &item.what {
        What::Text(text) => {
            object.text("type", "text");
            object.text("text", text);
        }
        What::Image(image) => {
            object.text("type", "image");
            object.object("source", |object| source(object, image));
        }
        What::Document { source: document, title } => {
            object.text("type", "document");
            object.object("source", |object| source(object, document));
            object.maybe_text("title", *title);
        }
        What::Thinking { text, signature } => {
            object.text("type", "thinking");
            object.text("thinking", text);
            object.text("signature", signature);
        }
        What::Redacted(data) => {
            object.text("type", "redacted_thinking");
            object.text("data", data);
        }
        What::Call { sent, name, input, .. } => {
            object.text("type", "tool_use");
            object.text("id", sent);
            object.text("name", name);
            object.raw("input", input);
        }
        What::Result { sent, content, is_error, .. } => {
            object.text("type", "tool_result");
            object.text("tool_use_id", sent);
            if content.is_empty() {
                object.text("content", "");
            } else {
                object.list("content", |list| items(list, content));
            }
            if *is_error {
                object.bool("is_error", true);
            }
        }
    }
    mark(object, item.cache);
}

fn source(object: &mut ObjectWriter<'_>, source: &Source<'_>) {
    match source {
        Source::Base64 { mime, data } => {
            object.text("type", "base64");
            object.text("media_type", mime);
            object.text("data", data);
        }
        Source::Text(text) => {
            object.text("type", "text");
            object.text("media_type", "text/plain");
            object.text("data", text);
        }
        Source::Url { url, .. } => {
            object.text("type", "url");
            object.text("url", url);
        }
        Source::File { id } => {
            object.text("type", "file");
            object.text("file_id", id);
        }
    }
}

fn mark(object: &mut ObjectWriter<'_>, cache: Option<Cache>) {
    if let Some(cache) = cache {
        object.object("cache_control", |object| {
            object.text("type", "ephemeral");
            if cache == Cache::Hour {
                object.text("ttl", "1h");
            }
        });
    }
}
