//! Everything but messages and tools.

use super::{UNKNOWN, lost};
use crate::conversation::{Effort, OutputFormat, Reasoning};
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Conversation, Malformed};
use std::borrow::Cow;

const ROOT: Path<'static> = Path::Root;

/// What only OpenAI's own models can do, and why it is lost elsewhere.
const OPENAI_ONLY: [(&str, &str); 11] = [
    ("audio", "only text is answered"),
    ("logit_bias", "tokens have other numbers in another model"),
    ("logprobs", "no other dialect states them"),
    ("modalities", "only text is answered"),
    ("n", "one answer is given"),
    ("prediction", "no other dialect takes a predicted output"),
    ("prompt_cache_options", "no other dialect has it"),
    ("prompt_cache_retention", "no other dialect has it"),
    ("store", "no other dialect stores answers"),
    ("top_logprobs", "no other dialect states them"),
    ("moderation", "no other dialect has it"),
];

/// Takes them all.
pub(super) fn take<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let sampling = &mut conversation.sampling;
    sampling.temperature = body.number("temperature", &ROOT)?;
    sampling.top_p = body.number("top_p", &ROOT)?;
    sampling.top_k = body.number("top_k", &ROOT)?;
    sampling.min_p = body.number("min_p", &ROOT)?;
    sampling.seed = body.number("seed", &ROOT)?;
    sampling.presence_penalty = body.number("presence_penalty", &ROOT)?;
    sampling.frequency_penalty = body.number("frequency_penalty", &ROOT)?;

    let old = body.count("max_tokens", &ROOT)?;
    conversation.max_output = body.count("max_completion_tokens", &ROOT)?.or(old);
    if old.is_some() && old != conversation.max_output {
        lost(conversation, &ROOT.key("max_tokens"), "max_completion_tokens says otherwise");
    }
    conversation.stop = stop(body)?;
    conversation.reasoning = reasoning(body, conversation)?;
    conversation.format = format(body, conversation)?;
    conversation.verbosity = body.text("verbosity", &ROOT)?;
    labels(body, conversation)?;

    if let Some(mut options) = body.object("stream_options", &ROOT)? {
        let path = ROOT.key("stream_options");
        conversation.stream_usage = options.bool("include_usage", &path)?.unwrap_or(false);
        options.rest(&path, UNKNOWN, &mut conversation.dropped);
    }
    for (key, why) in OPENAI_ONLY {
        if body.take(key).is_some_and(|node| !is_default(key, &node)) {
            lost(conversation, &ROOT.key(key), why);
        }
    }
    Ok(())
}

/// Whether a member asks for nothing but what happens anyway.
fn is_default(key: &str, node: &Node<'_>) -> bool {
    match (&node.value, key) {
        (Value::Bool(wanted), _) => !wanted,
        (Value::Number, "n") => node.raw == "1",
        (Value::List(list), "modalities") => list.iter().all(|one| one.as_text() == Some("text")),
        _ => false,
    }
}

fn stop<'a>(body: &mut Object<'a>) -> Result<Vec<Cow<'a, str>>, Malformed> {
    let path = ROOT.key("stop");
    match body.take("stop") {
        None => Ok(Vec::new()),
        Some(Node { value: Value::Text(one), .. }) => Ok(vec![one]),
        Some(Node { value: Value::List(list), .. }) => {
            list.into_iter().enumerate().map(|(at, one)| one.text(&path.item(at))).collect()
        }
        Some(other) => {
            Err(path.fault(&format!("must be a string or an array of strings, not {}", other.kind())))
        }
    }
}

/// OpenAI's `reasoning_effort`, OpenRouter's `reasoning`, and `thinking` as DeepSeek, GLM and Kimi have it.
fn reasoning<'a>(
    body: &mut Object<'a>,
    conversation: &mut Conversation<'a>,
) -> Result<Option<Reasoning>, Malformed> {
    let mut asked = Reasoning::default();
    if let Some(word) = body.text("reasoning_effort", &ROOT)? {
        asked.effort = effort(&word, &ROOT.key("reasoning_effort"))?;
    }
    if let Some(mut object) = body.object("reasoning", &ROOT)? {
        let path = ROOT.key("reasoning");
        if let Some(word) = object.text("effort", &path)? {
            asked.effort = effort(&word, &path.key("effort"))?;
        }
        asked.budget = object.count("max_tokens", &path)?;
        asked.shown = object.bool("exclude", &path)?.map(|exclude| !exclude);
        match object.bool("enabled", &path)? {
            Some(false) => asked = Reasoning { effort: Some(Effort::None), budget: None, ..asked },
            // OpenRouter: enabled and nothing else is a medium effort.
            Some(true) if asked.level().is_none() => asked.effort = Some(Effort::Medium),
            _ => {}
        }
        object.rest(&path, UNKNOWN, &mut conversation.dropped);
    }
    if let Some(mut object) = body.object("thinking", &ROOT)? {
        let path = ROOT.key("thinking");
        let budget = object.count("budget_tokens", &path)?;
        match object.text("type", &path)?.as_deref() {
            Some("disabled") => asked.effort = Some(Effort::None),
            _ if budget.is_some() => asked.budget = budget,
            Some("enabled") if asked.level().is_none() => asked.effort = Some(Effort::Medium),
            _ => {}
        }
        object.rest(&path, UNKNOWN, &mut conversation.dropped);
    }
    // What OpenRouter had before `reasoning`.
    if let Some(shown) = body.bool("include_reasoning", &ROOT)? {
        asked.shown.get_or_insert(shown);
    }
    Ok((asked != Reasoning::default()).then_some(asked))
}

fn effort(word: &str, path: &Path<'_>) -> Result<Option<Effort>, Malformed> {
    Ok(Some(match word {
        "none" => Effort::None,
        "minimal" => Effort::Minimal,
        "low" => Effort::Low,
        "medium" => Effort::Medium,
        "high" => Effort::High,
        "xhigh" => Effort::XHigh,
        "max" => Effort::Max,
        // Groq: as much as the model likes.
        "default" => return Ok(None),
        _ => {
            return Err(path.fault(&format!(
                "is {word:?}; it must be one of none, minimal, low, medium, high, xhigh and max"
            )));
        }
    }))
}

fn format<'a>(
    body: &mut Object<'a>,
    conversation: &mut Conversation<'a>,
) -> Result<Option<OutputFormat<'a>>, Malformed> {
    let path = ROOT.key("response_format");
    let Some(mut object) = body.object("response_format", &ROOT)? else { return Ok(None) };
    let kind = object.need_text("type", &path)?;
    let format = match kind.as_ref() {
        "text" => None,
        "json_object" => Some(OutputFormat::Json),
        "json_schema" => {
            let path = path.key("json_schema");
            let inner = object.object("json_schema", &ROOT.key("response_format"))?;
            let mut inner = inner.ok_or_else(|| path.missing())?;
            let schema = inner.take("schema").ok_or_else(|| path.key("schema").missing())?;
            let raw = schema.raw;
            schema.object(&path.key("schema"))?;
            let format = OutputFormat::Schema {
                name: inner.text("name", &path)?,
                description: inner.text("description", &path)?,
                schema: raw.into(),
                strict: inner.bool("strict", &path)?,
            };
            inner.rest(&path, UNKNOWN, &mut conversation.dropped);
            Some(format)
        }
        _ => {
            return Err(path
                .key("type")
                .fault(&format!("is {kind:?}; it must be one of text, json_object and json_schema")));
        }
    };
    object.rest(&path, UNKNOWN, &mut conversation.dropped);
    Ok(format)
}

fn labels<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let user = body.text("user", &ROOT)?;
    // OpenAI's newer name for it.
    conversation.user = body.text("safety_identifier", &ROOT)?;
    match user {
        Some(user) if conversation.user.is_none() => conversation.user = Some(user),
        Some(user) if conversation.user.as_ref() != Some(&user) => {
            lost(conversation, &ROOT.key("user"), "safety_identifier says otherwise");
        }
        _ => {}
    }
    conversation.cache_key = body.text("prompt_cache_key", &ROOT)?;
    conversation.service_tier = body.text("service_tier", &ROOT)?;
    if let Some(metadata) = body.object("metadata", &ROOT)? {
        for (key, node) in metadata.into_members() {
            let path = ROOT.key("metadata");
            let value = node.text(&path.key(&key))?;
            conversation.metadata.push((key, value));
        }
    }
    Ok(())
}
