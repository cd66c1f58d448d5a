//! Everything but what was said and which tools there are.

use crate::conversation::{Effort, OutputFormat, Reasoning};
use crate::json::tree::{Object, Path};
use crate::{Conversation, Dropped, Malformed};

/// Anthropic's level where none is stated.
const USUAL: Effort = Effort::High;

/// Reads limits, sampling, reasoning, format and labels.
pub(super) fn read<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let root = &Path::Root;
    conversation.max_output = body.count("max_tokens", root)?;
    if conversation.max_output == Some(0) {
        let what = "is 0, which only warms Anthropic's own prompt cache: it must be at least 1";
        return Err(root.key("max_tokens").fault(what));
    }
    conversation.sampling.temperature = body.number("temperature", root)?;
    conversation.sampling.top_p = body.number("top_p", root)?;
    conversation.sampling.top_k = body.number("top_k", root)?;
    conversation.service_tier = body.text("service_tier", root)?;
    if let Some(stops) = body.list("stop_sequences", root)? {
        let path = root.key("stop_sequences");
        for (index, stop) in stops.into_iter().enumerate() {
            conversation.stop.push(stop.text(&path.item(index))?);
        }
    }
    if let Some(mut metadata) = body.object("metadata", root)? {
        let path = root.key("metadata");
        conversation.user = metadata.text("user_id", &path)?;
        metadata.rest(&path, "is known to Anthropic only", &mut conversation.dropped);
    }
    let mut output = body.object("output_config", root)?.unwrap_or_default();
    let path = root.key("output_config");
    let effort = effort(&mut output, &path, &mut conversation.dropped)?;
    conversation.reasoning = thinking(body, effort, &mut conversation.dropped)?;
    // Before it came into `output_config`, the format stood alone.
    for (holder, path, key) in [(&mut output, &path, "format"), (body, root, "output_format")] {
        if let Some(format) = holder.object(key, path)? {
            conversation.format = Some(read_format(format, &path.key(key), &mut conversation.dropped)?);
        }
    }
    output.rest(&path, "is known to Anthropic only", &mut conversation.dropped);
    Ok(())
}

/// Why a member that was not taken cannot be carried over.
pub(super) fn why(key: &str) -> &'static str {
    match key {
        "context_management" => "edits the history inside Anthropic's API, which no other vendor does",
        "betas" => "names features of Anthropic's API",
        "container" => "names a machine at Anthropic",
        "inference_geo" => "names a place of Anthropic's",
        "speed" => "chooses between Anthropic's ways of serving",
        "fallbacks" | "fallback_credit_token" => "asks Anthropic to choose another model",
        "diagnostics" => "asks about Anthropic's prompt cache",
        "user_profile_id" => "names a person to Anthropic",
        _ => "is known to Anthropic only",
    }
}

fn effort(
    output: &mut Object<'_>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Option<Effort>, Malformed> {
    Ok(match output.text("effort", path)?.as_deref() {
        None => None,
        Some("low") => Some(Effort::Low),
        Some("medium") => Some(Effort::Medium),
        Some("high") => Some(Effort::High),
        Some("xhigh") => Some(Effort::XHigh),
        Some("max") => Some(Effort::Max),
        Some(other) => {
            dropped.push(Dropped::new(&path.key("effort"), &format!("{other:?} is no level that is known")));
            None
        }
    })
}

fn thinking(
    body: &mut Object<'_>,
    effort: Option<Effort>,
    dropped: &mut Vec<Dropped>,
) -> Result<Option<Reasoning>, Malformed> {
    let path = Path::Root.key("thinking");
    let Some(mut thinking) = body.object("thinking", &Path::Root)? else {
        return Ok(effort.map(|effort| Reasoning { effort: Some(effort), ..Reasoning::default() }));
    };
    let kind = thinking.need_text("type", &path)?;
    let budget = thinking.count("budget_tokens", &path)?;
    let shown = match thinking.text("display", &path)?.as_deref() {
        Some("summarized") => Some(true),
        Some("omitted") => Some(false),
        None => None,
        Some(other) => {
            let why = format!("{other:?} is no display that is known");
            dropped.push(Dropped::new(&path.key("display"), &why));
            None
        }
    };
    let reasoning = match kind.as_ref() {
        "disabled" => {
            if effort.is_some() {
                let path = Path::Root.key("output_config");
                dropped
                    .push(Dropped::new(&path.key("effort"), "says nothing to others where thinking is off"));
            }
            Reasoning { effort: Some(Effort::None), budget: None, shown: None }
        }
        // Without a budget Anthropic itself refuses it; compatible endpoints take it as a switch.
        "enabled" if budget.is_some() => Reasoning { effort, budget, shown },
        "enabled" | "adaptive" => Reasoning { effort: effort.or(Some(USUAL)), budget: None, shown },
        other => {
            let what = format!("must be \"enabled\", \"adaptive\" or \"disabled\", not {other:?}");
            return Err(path.key("type").fault(&what));
        }
    };
    thinking.rest(&path, "is known to Anthropic only", dropped);
    Ok(Some(reasoning))
}

fn read_format<'a>(
    mut format: Object<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<OutputFormat<'a>, Malformed> {
    let kind = format.need_text("type", path)?;
    if kind != "json_schema" {
        return Err(path.key("type").fault(&format!("must be \"json_schema\", not {kind:?}")));
    }
    let schema = format.take("schema").ok_or_else(|| path.key("schema").missing())?;
    let raw = schema.raw;
    schema.object(&path.key("schema"))?;
    format.rest(path, "is known to Anthropic only", dropped);
    // Anthropic follows it exactly.
    Ok(OutputFormat::Schema { name: None, description: None, schema: raw.into(), strict: Some(true) })
}
