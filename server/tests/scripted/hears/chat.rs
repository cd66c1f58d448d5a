//! OpenAI's chat completions.

use super::place::{Checked, Place};
use super::{Answered, Called, Told, is_name, schema};
use crate::scripted::says::seal;
use serde_json::Value;
use wire::Dialect;

const MEMBERS: [&str; 35] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "temperature",
    "top_p",
    "n",
    "stop",
    "max_tokens",
    "max_completion_tokens",
    "presence_penalty",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "user",
    "seed",
    "response_format",
    "reasoning_effort",
    "service_tier",
    "store",
    "metadata",
    "modalities",
    "audio",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "verbosity",
    "web_search_options",
    "functions",
    "function_call",
];

pub(super) fn hear(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&MEMBERS)?;
    root.need("model")?.text()?;
    let messages = root.need("messages")?;
    let list = messages.items()?;
    if list.is_empty() {
        let why = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array \
                   instead.";
        return messages.refuse("empty_array", why);
    }
    let mut open: Vec<String> = Vec::new();
    for message in &list {
        hear_message(message, &mut open, told)?;
    }
    unanswered(&messages, &open)?;
    tools(root, told)?;
    options(root, told)
}

fn unanswered(place: &Place<'_>, open: &[String]) -> Checked {
    if open.is_empty() {
        return Ok(());
    }
    let why = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. \
         The following tool_call_ids did not have response messages: {}",
        open.join(", ")
    );
    place.refuse("", &why)
}

fn hear_message(message: &Place<'_>, open: &mut Vec<String>, told: &mut Told) -> Checked {
    message.object(&[])?;
    let role = message.need("role")?;
    let role = role.word(&["system", "assistant", "user", "function", "tool", "developer"])?;
    if role != "tool" {
        unanswered(message, open)?;
        open.clear();
    }
    match role {
        "system" | "developer" => {
            message.object(&["role", "content", "name"])?;
            content(&message.need("content")?, &["text"], told).map(drop)
        }
        "user" => {
            message.object(&["role", "content", "name"])?;
            content(&message.need("content")?, &["text", "image_url", "input_audio", "file"], told).map(drop)
        }
        "tool" => {
            message.object(&["role", "content", "tool_call_id"])?;
            let id = message.need("tool_call_id")?;
            let Some(at) = open.iter().position(|open| open == id.value) else {
                let why = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message \
                           with 'tool_calls'.";
                return message.refuse("", why);
            };
            let text = content(&message.need("content")?, &["text"], told)?;
            told.results.push(Answered { to: open.remove(at), text });
            Ok(())
        }
        _ => hear_assistant(message, open, told),
    }
}

fn hear_assistant(message: &Place<'_>, open: &mut Vec<String>, told: &mut Told) -> Checked {
    const REASONING: [&str; 3] = ["reasoning", "reasoning_content", "reasoning_details"];
    const OWN: [&str; 8] =
        ["role", "content", "name", "refusal", "tool_calls", "function_call", "audio", "annotations"];
    message.object(&[OWN.as_slice(), &REASONING].concat())?;
    told.answered = true;
    let calls = message.get("tool_calls");
    match message.get("content") {
        Some(said) => {
            content(&said, &["text", "refusal"], told)?;
        }
        None if calls.is_some() || message.get("refusal").is_some() => {}
        None => {
            let why = "Invalid value for 'content': expected a string, got null.";
            return message.refuse("invalid_type", why);
        }
    }
    for member in &REASONING[..2] {
        if let Some(thought) = message.get(member) {
            told.thoughts.push_str(thought.text()?);
        }
    }
    for detail in message.get("reasoning_details").map(|list| list.items()).transpose()?.unwrap_or_default() {
        if let Some(text) = detail.get("text").or_else(|| detail.get("summary")) {
            told.thoughts.push_str(text.text()?);
        }
        if let Some(proof) = detail.get("data").or_else(|| detail.get("signature")) {
            if proof.text()? != seal(Dialect::Chat) {
                return proof
                    .refuse("", "Invalid reasoning_details: the encrypted data could not be verified.");
            }
            told.proofs += 1;
        }
    }
    let Some(calls) = calls else { return Ok(()) };
    let list = calls.items()?;
    if list.is_empty() {
        let path = &calls.path;
        let why = format!(
            "Invalid '{path}': empty array. Expected an array with minimum length 1, but got an empty array instead."
        );
        return calls.refuse("empty_array", &why);
    }
    told.calls.clear();
    told.results.clear();
    for call in list {
        call.object(&["id", "type", "function"])?;
        call.need("type")?.word(&["function"])?;
        let id = call.need("id")?;
        let text = id.text()?;
        // https://community.openai.com and others, 2024 to 2026: "string too long", of ids of calls.
        if text.is_empty() || text.len() > 40 {
            let why = format!(
                "Invalid '{}': string too long. Expected a string with maximum length 40, but got a string with \
                 length {} instead.",
                id.path,
                text.len()
            );
            return id.refuse("string_above_max_length", &why);
        }
        let function = call.need("function")?;
        function.object(&["name", "arguments"])?;
        let name = function_name(&function)?;
        let arguments = function.need("arguments")?.text()?;
        let arguments = serde_json::from_str(arguments).unwrap_or(Value::Null);
        open.push(text.to_owned());
        told.calls.push(Called { id: text.to_owned(), name: name.to_owned(), arguments });
    }
    Ok(())
}

fn function_name<'v>(function: &Place<'v>) -> Checked<&'v str> {
    let place = function.need("name")?;
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

/// A text, or parts of these types; gives the text.
fn content(place: &Place<'_>, types: &[&str], told: &mut Told) -> Checked<String> {
    if let Some(text) = place.value.as_str() {
        return Ok(text.to_owned());
    }
    let parts = place.items()?;
    if parts.is_empty() {
        let why = format!("Invalid '{}': empty array.", place.path);
        return place.refuse("empty_array", &why);
    }
    let mut all = String::new();
    for part in parts {
        part.object(&[])?;
        match part.need("type")?.word(types)? {
            "text" => {
                part.object(&["type", "text"])?;
                all.push_str(part.need("text")?.text()?);
            }
            "image_url" => {
                part.object(&["type", "image_url"])?;
                let image = part.need("image_url")?;
                image.object(&["url", "detail"])?;
                told.picture_at(&image.need("url")?)?;
            }
            kind => {
                part.object(&["type", kind])?;
                part.need(kind)?;
            }
        }
    }
    Ok(all)
}

fn tools(root: &Place<'_>, told: &mut Told) -> Checked {
    let Some(tools) = root.get("tools") else {
        for name in ["tool_choice", "parallel_tool_calls"] {
            if let Some(place) = root.get(name).filter(|place| place.value != "none") {
                let why = format!(
                    "Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
                );
                return place.refuse("", &why);
            }
        }
        return Ok(());
    };
    let list = tools.items()?;
    if list.is_empty() {
        let why = "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array \
                   instead.";
        return tools.refuse("empty_array", why);
    }
    for tool in list {
        tool.object(&["type", "function"])?;
        tool.need("type")?.word(&["function"])?;
        let function = tool.need("function")?;
        function.object(&["name", "description", "parameters", "strict"])?;
        let name = function_name(&function)?;
        let strict = function.get("strict").map(|strict| strict.bool()).transpose()?.unwrap_or(false);
        if let Some(parameters) = function.get("parameters") {
            schema::parameters(&parameters, name, strict)?;
        }
        told.tools.push(name.to_owned());
    }
    if let Some(parallel) = root.get("parallel_tool_calls") {
        parallel.bool()?;
    }
    match root.get("tool_choice") {
        None => Ok(()),
        Some(choice) if choice.value.is_string() => choice.word(&["none", "auto", "required"]).map(drop),
        Some(choice) => {
            choice.object(&["type", "function", "allowed_tools"])?;
            choice.need("type")?.word(&["function", "allowed_tools"])?;
            if let Some(function) = choice.get("function") {
                let name = function.need("name")?;
                if !told.tools.iter().any(|tool| tool == name.value) {
                    let why = "Tool choice 'function' not found in 'tools' parameter.";
                    return name.refuse("", why);
                }
            }
            Ok(())
        }
    }
}

fn options(root: &Place<'_>, told: &mut Told) -> Checked {
    if let (Some(limit), Some(_)) = (root.get("max_tokens"), root.get("max_completion_tokens")) {
        let why = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
        return limit.refuse("invalid_parameter_combination", why);
    }
    for name in ["max_tokens", "max_completion_tokens"] {
        root.get(name).map(|place| place.whole(1)).transpose()?;
    }
    for (name, least, most) in [
        ("temperature", 0.0, 2.0),
        ("top_p", 0.0, 1.0),
        ("presence_penalty", -2.0, 2.0),
        ("frequency_penalty", -2.0, 2.0),
    ] {
        root.get(name).map(|place| place.number(least, most)).transpose()?;
    }
    root.get("seed").map(|place| place.whole(i64::MIN)).transpose()?;
    if let Some(stop) = root.get("stop").filter(|stop| stop.value.is_array())
        && stop.items()?.len() > 4
    {
        let why = "Invalid 'stop': array too long. Expected an array with maximum length 4.";
        return stop.refuse("array_above_max_length", why);
    }
    if let Some(effort) = root.get("reasoning_effort") {
        effort.word(&["none", "minimal", "low", "medium", "high", "xhigh"])?;
    }
    if let Some(options) = root.get("stream_options") {
        options.object(&["include_usage", "include_obfuscation"])?;
        if root.get("stream").is_none_or(|stream| stream.value != true) {
            return options
                .refuse("", "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
        }
    }
    if let Some(metadata) = root.get("metadata")
        && root.get("store").is_none_or(|store| store.value != true)
    {
        return metadata.refuse("", "The 'metadata' parameter is only allowed when 'store' is enabled.");
    }
    let Some(format) = root.get("response_format") else { return Ok(()) };
    format.object(&["type", "json_schema"])?;
    if format.need("type")?.word(&["text", "json_object", "json_schema"])? == "json_schema" {
        let inner = format.need("json_schema")?;
        inner.object(&["name", "description", "schema", "strict"])?;
        function_name(&inner)?;
        let schema = inner.need("schema")?;
        if inner.get("strict").is_some_and(|strict| strict.value == true) {
            schema::strict(&schema, "response_format")?;
        }
        told.schema = Some(schema.value.clone());
    }
    Ok(())
}
