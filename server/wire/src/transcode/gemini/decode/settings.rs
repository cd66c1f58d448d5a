//! `generationConfig`.

use super::super::schema::from_openapi;
use super::{UNKNOWN, either};
use crate::conversation::{Effort, OutputFormat, Reasoning};
use crate::json::tree::{Object, Path, Value};
use crate::{Conversation, Dropped, Malformed};

pub(super) fn decode<'a>(
    mut object: Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let sampling = &mut conversation.sampling;
    sampling.temperature = object.number("temperature", path)?;
    sampling.top_p = object.number(either(&object, "topP", "top_p"), path)?;
    sampling.top_k = object.number(either(&object, "topK", "top_k"), path)?;
    sampling.seed = object.number("seed", path)?;
    sampling.presence_penalty =
        object.number(either(&object, "presencePenalty", "presence_penalty"), path)?;
    sampling.frequency_penalty =
        object.number(either(&object, "frequencyPenalty", "frequency_penalty"), path)?;
    let key = either(&object, "maxOutputTokens", "max_output_tokens");
    // Clients that leave the limit to the model say 0 or -1.
    conversation.max_output = match object.number(key, path)? {
        Some(raw) if raw.starts_with('-') => None,
        Some(raw) => Some(count(raw, &path.key(key))?).filter(|limit| *limit > 0),
        None => None,
    };
    let key = either(&object, "stopSequences", "stop_sequences");
    for (index, node) in object.list(key, path)?.unwrap_or_default().into_iter().enumerate() {
        conversation.stop.push(node.text(&path.key(key).item(index))?);
    }
    let key = either(&object, "candidateCount", "candidate_count");
    if object.count(key, path)?.is_some_and(|count| count > 1) {
        conversation.dropped.push(Dropped::new(&path.key(key), "only one answer is given"));
    }
    let key = either(&object, "responseModalities", "response_modalities");
    if let Some(modalities) = object.list(key, path)? {
        let other =
            modalities.iter().any(|one| one.as_text().is_some_and(|text| !text.eq_ignore_ascii_case("text")));
        if other {
            conversation.dropped.push(Dropped::new(&path.key(key), "other dialects answer with text only"));
        }
    }
    let key = either(&object, "thinkingConfig", "thinking_config");
    if let Some(thinking) = object.object(key, path)? {
        conversation.reasoning = Some(reasoning(thinking, &path.key(key), &mut conversation.dropped)?);
    }
    format(&mut object, path, conversation)?;
    object.rest(path, UNKNOWN, &mut conversation.dropped);
    Ok(())
}

fn count(raw: &str, path: &Path<'_>) -> Result<u64, Malformed> {
    match raw.parse::<f64>() {
        Ok(value) if value.fract() == 0.0 && value < 9e15 => Ok(value as u64),
        _ => Err(path.fault(&format!("must be a whole number, not {raw}"))),
    }
}

fn reasoning(
    mut thinking: Object<'_>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Reasoning, Malformed> {
    let mut reasoning = Reasoning {
        shown: thinking.bool(either(&thinking, "includeThoughts", "include_thoughts"), path)?,
        ..Reasoning::default()
    };
    let key = either(&thinking, "thinkingBudget", "thinking_budget");
    // -1 leaves it to the model.
    reasoning.budget = match thinking.number(key, path)? {
        Some(raw) if raw.starts_with('-') => None,
        Some(raw) => Some(count(raw, &path.key(key))?),
        None => None,
    };
    let key = either(&thinking, "thinkingLevel", "thinking_level");
    if let Some(level) = thinking.text(key, path)? {
        reasoning.effort = match level.to_ascii_lowercase().as_str() {
            "minimal" => Some(Effort::Minimal),
            "low" => Some(Effort::Low),
            "medium" => Some(Effort::Medium),
            "high" => Some(Effort::High),
            "thinking_level_unspecified" => None,
            _ => {
                return Err(path
                    .key(key)
                    .fault(&format!("must be MINIMAL, LOW, MEDIUM or HIGH, not {level:?}")));
            }
        };
    }
    thinking.rest(path, UNKNOWN, dropped);
    Ok(reasoning)
}

fn format<'a>(
    object: &mut Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let key = either(object, "responseMimeType", "response_mime_type");
    let mime = object.text(key, path)?;
    // Earlier names of the same stand beside it in some clients.
    let json_schema = object
        .take(either(object, "responseJsonSchema", "response_json_schema"))
        .or_else(|| object.take("_responseJsonSchema"));
    let openapi = object.take(either(object, "responseSchema", "response_schema"));
    let schema = match (json_schema, openapi) {
        (Some(node), _) => Some(node.raw.into()),
        (None, Some(node)) => match &node.value {
            Value::Object(schema) => Some(from_openapi(schema).into()),
            _ => Some(node.raw.into()),
        },
        (None, None) => None,
    };
    conversation.format = match (mime.as_deref(), schema) {
        (Some("application/json") | None, Some(schema)) => {
            // Google follows it exactly.
            Some(OutputFormat::Schema { name: None, description: None, schema, strict: Some(true) })
        }
        (Some("application/json"), None) => Some(OutputFormat::Json),
        (None | Some("text/plain" | ""), None) => None,
        (Some(_), _) => {
            conversation
                .dropped
                .push(Dropped::new(&path.key(key), "other dialects answer with text or JSON only"));
            None
        }
    };
    Ok(())
}
