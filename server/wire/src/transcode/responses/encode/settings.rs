//! What else a request says.

use super::{LONGEST, Lost, allowed, lose, short};
use crate::conversation::{Effort, Reasoning};
use crate::json::write::ObjectWriter;
use crate::transcode::structured::Form;
use crate::{Conversation, ReasoningStyle, Target};
use std::borrow::Cow;

/// The least OpenAI takes as `max_output_tokens` (earendil-works/pi#6265, 2026-07-02). Clients of Anthropic's ask
/// for one token to see whether a model is there (farion1231/cc-switch#7287, 2026-09-10).
const LEAST_OUTPUT: u64 = 16;

/// OpenAI's tiers; Anthropic's `standard_only` is none of them.
const TIERS: [&str; 7] = ["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"];

/// Writes all that is neither turns nor tools.
pub(super) fn write(
    body: &mut ObjectWriter<'_>,
    conversation: &Conversation<'_>,
    target: &Target<'_>,
    form: &Form<'_>,
    dropped: &mut Lost,
) {
    sampling(body, conversation, dropped);
    limit(body, conversation, target, dropped);
    reasoning(body, conversation.reasoning.as_ref(), target, dropped);
    format(body, conversation, target, form, dropped);
    identity(body, conversation, dropped);
    match conversation.continues.as_deref() {
        Some(id) if id.starts_with("resp_") => body.text("previous_response_id", id),
        Some(id) if id.starts_with("conv_") => body.text("conversation", id),
        Some(_) => lose(dropped, "continues", "is no answer and no conversation that can be continued"),
        None => {}
    }
    // Otherwise OpenAI keeps the conversation for 30 days, which nobody asked for.
    body.bool("store", false);
}

fn sampling(body: &mut ObjectWriter<'_>, conversation: &Conversation<'_>, dropped: &mut Lost) {
    let sampling = &conversation.sampling;
    body.maybe_raw("temperature", sampling.temperature);
    body.maybe_raw("top_p", sampling.top_p);
    for (name, value) in [
        ("top_k", sampling.top_k),
        ("min_p", sampling.min_p),
        ("seed", sampling.seed),
        ("presence_penalty", sampling.presence_penalty),
        ("frequency_penalty", sampling.frequency_penalty),
    ] {
        if value.is_some() {
            lose(dropped, format!("sampling.{name}"), "this dialect has none");
        }
    }
    if !conversation.stop.is_empty() {
        lose(dropped, "stop", "this dialect has none");
    }
}

fn limit(
    body: &mut ObjectWriter<'_>,
    conversation: &Conversation<'_>,
    target: &Target<'_>,
    dropped: &mut Lost,
) {
    let Some(asked) = conversation.max_output else { return };
    let limit = asked.min(target.max_output.unwrap_or(asked)).max(LEAST_OUTPUT);
    if limit > asked {
        lose(dropped, "max_output", "is raised to 16, the least there is");
    } else if limit < asked {
        lose(dropped, "max_output", "is lowered to the most the model gives");
    }
    body.count("max_output_tokens", limit);
}

fn reasoning(
    body: &mut ObjectWriter<'_>,
    reasoning: Option<&Reasoning>,
    target: &Target<'_>,
    dropped: &mut Lost,
) {
    if target.reasoning == ReasoningStyle::None {
        if reasoning.is_some_and(|reasoning| !reasoning.off()) {
            lose(dropped, "reasoning", "the model does not reason");
        }
        return;
    }
    let wanted = reasoning.and_then(Reasoning::level);
    // `max` is new with GPT-5.6; `xhigh` all of them take since GPT-5.2.
    let most = if target.efforts.is_empty() { Effort::XHigh } else { Effort::Max };
    let level = wanted.map(|wanted| target.effort(wanted).min(most));
    let shown =
        reasoning.is_some_and(|reasoning| reasoning.shown == Some(true)) && level != Some(Effort::None);
    if level.is_some() || shown {
        body.object("reasoning", |out| {
            if let Some(level) = level {
                out.text("effort", level.as_str());
            }
            if shown {
                out.text("summary", "auto");
            }
        });
    }
    if let (Some(level), Some(wanted)) = (level, wanted)
        && level != wanted
    {
        let why =
            format!("{} is asked for as {}, the nearest the model takes", wanted.as_str(), level.as_str());
        lose(dropped, "reasoning.effort", &why);
    }
    // Where reasoning cannot be, this is an error: «Encrypted content is not supported with this model»
    // (NousResearch/hermes-agent#24234, 2026-05-12).
    if level != Some(Effort::None) {
        body.list("include", |include| include.text("reasoning.encrypted_content"));
    }
}

fn format(
    body: &mut ObjectWriter<'_>,
    conversation: &Conversation<'_>,
    target: &Target<'_>,
    form: &Form<'_>,
    dropped: &mut Lost,
) {
    let mut verbosity = conversation.verbosity.as_deref();
    if verbosity.take_if(|wanted| !takes_verbosity(target.model, wanted)).is_some() {
        lose(dropped, "verbosity", "the model cannot be asked for it");
    }
    if *form == Form::Text && verbosity.is_none() {
        return;
    }
    body.object("text", |text| {
        match form {
            Form::Text => {}
            Form::Json => text.object("format", |out| out.text("type", "json_object")),
            Form::Schema { name, description, schema, strict } => text.object("format", |out| {
                out.text("type", "json_schema");
                let name = name.filter(|name| !name.is_empty()).unwrap_or("output");
                // Unlike a tool's, the name is told to nobody again.
                let name: String = name.chars().filter(|char| allowed(*char)).take(LONGEST).collect();
                out.text("name", if name.is_empty() { "output" } else { &name });
                out.maybe_text("description", *description);
                out.raw("schema", schema);
                if let Some(strict) = strict {
                    out.bool("strict", *strict);
                }
            }),
        }
        text.maybe_text("verbosity", verbosity);
    });
}

/// Whether a model takes a verbosity, by its name: GPT-5 and later do, those before refuse the member
/// (vellum-ai/vellum-assistant#28082, 2026-04-25), and Codex's own models know `medium` only.
pub(crate) fn takes_verbosity(model: &str, verbosity: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    let generation = name.strip_prefix("gpt-").and_then(|rest| rest.bytes().next());
    let takes = generation.is_some_and(|digit| (b'5'..=b'9').contains(&digit));
    takes && (!name.contains("codex") || verbosity == "medium")
}

/// Claude Code's user is longer than the 64 characters that are taken. Any text will do that is always the same.
pub(crate) fn fitting(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= LONGEST { Cow::Borrowed(text) } else { short(text) }
}

fn identity(body: &mut ObjectWriter<'_>, conversation: &Conversation<'_>, dropped: &mut Lost) {
    if let Some(user) = conversation.user.as_deref() {
        body.text("user", &fitting(user));
    }
    if let Some(key) = conversation.cache_key.as_deref() {
        body.text("prompt_cache_key", &fitting(key));
    }
    match conversation.service_tier.as_deref() {
        Some(tier) if TIERS.contains(&tier) => body.text("service_tier", tier),
        Some(_) => lose(dropped, "service_tier", "is another vendor's"),
        None => {}
    }
    let takes = |(index, (key, value)): &(usize, &(Cow<'_, str>, Cow<'_, str>))| {
        *index < 16 && key.chars().count() <= 64 && value.chars().count() <= 512
    };
    let (kept, lost): (Vec<_>, Vec<_>) = conversation.metadata.iter().enumerate().partition(takes);
    if !kept.is_empty() {
        body.object("metadata", |metadata| {
            for (_, (key, value)) in kept {
                metadata.text(key, value);
            }
        });
    }
    for (_, (key, _)) in lost {
        lose(dropped, format!("metadata.{key}"), "is more or longer than what is taken");
    }
}
