//! OpenAI's Responses: all but the items of the input.

use super::place::{Checked, Place};
use super::{Told, is_name, responses_items, schema};
use serde_json::Value;

const COUNTED: [&str; 13] = [
    "model",
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "text",
    "previous_response_id",
    "conversation",
    "truncation",
    "prompt",
    "context_management",
];

const ANSWERED: [&str; 16] = [
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "max_output_tokens",
    "store",
    "include",
    "metadata",
    "user",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "background",
    "max_tool_calls",
    // Codex tells its installation (seen on the wire, November 2026).
    "client_metadata",
];

pub(super) fn hear(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&[COUNTED.as_slice(), &ANSWERED, &["top_logprobs"]].concat())?;
    common(root, told)?;
    settings(root)
}

pub(super) fn hear_to_count(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&COUNTED)?;
    common(root, told)
}

fn common(root: &Place<'_>, told: &mut Told) -> Checked {
    root.need("model")?.text()?;
    if let Some(instructions) = root.get("instructions") {
        instructions.text()?;
    }
    let stored = root.get("store").is_none_or(|store| store.value != false);
    responses_items::hear(&root.need("input")?, stored, told)?;
    for tool in root.get("tools").map(|tools| tools.items()).transpose()?.unwrap_or_default() {
        hear_tool(&tool, told)?;
    }
    choice(root, told)?;
    if let Some(text) = root.get("text") {
        text.object(&["format", "verbosity"])?;
        if let Some(format) = text.get("format") {
            hear_format(&format, told)?;
        }
    }
    if let Some(reasoning) = root.get("reasoning") {
        reasoning.object(&["effort", "summary", "generate_summary"])?;
        if let Some(effort) = reasoning.get("effort") {
            effort.word(&["none", "minimal", "low", "medium", "high", "xhigh"])?;
        }
        if let Some(summary) = reasoning.get("summary") {
            summary.word(&["auto", "concise", "detailed"])?;
        }
    }
    Ok(())
}

fn settings(root: &Place<'_>) -> Checked {
    for name in ["stream", "store", "background"] {
        root.get(name).map(|place| place.bool()).transpose()?;
    }
    root.get("temperature").map(|place| place.number(0.0, 2.0)).transpose()?;
    root.get("top_p").map(|place| place.number(0.0, 1.0)).transpose()?;
    root.get("max_output_tokens").map(|place| place.whole(16)).transpose()?;
    for one in root.get("include").map(|list| list.items()).transpose()?.unwrap_or_default() {
        one.word(&[
            "file_search_call.results",
            "web_search_call.results",
            "web_search_call.action.sources",
            "message.input_image.image_url",
            "computer_call_output.output.image_url",
            "code_interpreter_call.outputs",
            "reasoning.encrypted_content",
            "message.output_text.logprobs",
        ])?;
    }
    Ok(())
}

fn hear_tool(tool: &Place<'_>, told: &mut Told) -> Checked {
    tool.object(&[])?;
    match tool.need("type")?.text()? {
        "function" => {
            tool.object(&["type", "name", "description", "parameters", "strict", "defer_loading"])?;
            let name = named(&tool.need("name")?)?;
            // Where it is not said, OpenAI makes the schema strict as far as it can, and refuses none.
            let strict = tool.get("strict").map(|strict| strict.bool()).transpose()?.unwrap_or(false);
            if let Some(parameters) = tool.get("parameters") {
                schema::parameters(&parameters, name, strict)?;
            }
            told.tools.push(name.to_owned());
        }
        "custom" => {
            tool.object(&["type", "name", "description", "format", "defer_loading"])?;
            told.tools.push(named(&tool.need("name")?)?.to_owned());
        }
        _ => {}
    }
    Ok(())
}

/// A name of a tool or format.
pub(super) fn named<'v>(place: &Place<'v>) -> Checked<&'v str> {
    let name = place.text()?;
    if is_name(name, "_-", 64) {
        return Ok(name);
    }
    let why = format!(
        "Invalid '{}': string does not match pattern. Expected a string that matches the pattern \
         '^[a-zA-Z0-9_-]+$'.",
        place.path
    );
    place.refuse("invalid_value", &why)
}

fn choice(root: &Place<'_>, told: &Told) -> Checked {
    let Some(choice) = root.get("tool_choice") else { return Ok(()) };
    if choice.value.is_string() {
        let word = choice.word(&["none", "auto", "required"])?;
        if word == "required" && told.tools.is_empty() {
            return choice.refuse("", "Tool choice 'required' must be specified with 'tools' parameter.");
        }
        return Ok(());
    }
    choice.object(&[])?;
    if choice.need("type")?.text()? == "function" {
        choice.object(&["type", "name"])?;
        let name = choice.need("name")?;
        if !told.tools.iter().any(|tool| tool == name.value) {
            return name.refuse("", "Tool choice 'function' not found in 'tools' parameter.");
        }
    }
    Ok(())
}

fn hear_format(format: &Place<'_>, told: &mut Told) -> Checked {
    if format.need("type")?.word(&["text", "json_object", "json_schema"])? != "json_schema" {
        return format.object(&["type"]);
    }
    format.object(&["type", "name", "description", "schema", "strict"])?;
    named(&format.need("name")?)?;
    let schema = format.need("schema")?;
    if format.get("strict").is_some_and(|strict| *strict.value == Value::Bool(true)) {
        schema::strict(&schema, "response_format")?;
    }
    told.schema = Some(schema.value.clone());
    Ok(())
}
