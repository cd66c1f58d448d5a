//! Ollama's chat. It passes over what it does not know and is strict about types, as Go's JSON is
//! (api/types.go, server/routes.go, 2026-10); members it would pass over are refused here, so that nothing gets lost
//! without a word.

use super::place::{Checked, Place};
use super::{Answered, Called, Told, decoded};
use serde_json::Value;

pub(super) fn hear(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&["model", "messages", "tools", "format", "options", "stream", "keep_alive", "think"])?;
    root.need("model")?.text()?;
    root.get("stream").map(|stream| stream.bool()).transpose()?;
    for message in root.need("messages")?.items()? {
        hear_message(&message, told)?;
    }
    for tool in root.get("tools").map(|tools| tools.items()).transpose()?.unwrap_or_default() {
        tool.object(&["type", "function"])?;
        let function = tool.need("function")?;
        function.object(&["name", "description", "parameters"])?;
        told.tools.push(function.need("name")?.text()?.to_owned());
        if let Some(parameters) = function.get("parameters") {
            parameters.object(&[])?;
            parameters.need("type")?;
        }
    }
    if let Some(think) = root.get("think").filter(|think| !think.value.is_boolean()) {
        let level = think.text()?;
        if !["low", "medium", "high", "max"].contains(&level) {
            let why = format!(
                "invalid think value: \"{level}\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)"
            );
            return think.refuse("", &why);
        }
    }
    if let Some(options) = root.get("options") {
        options.object(&[
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "seed",
            "presence_penalty",
            "frequency_penalty",
            "num_predict",
            "stop",
            "num_ctx",
            "repeat_penalty",
        ])?;
    }
    match root.get("format") {
        None => Ok(()),
        Some(format) if format.value == "json" => Ok(()),
        Some(format) if format.value.is_object() => {
            told.schema = Some(format.value.clone());
            Ok(())
        }
        Some(format) => {
            let why =
                format!("invalid format: {}; expected \"json\" or a valid JSON Schema object", format.value);
            format.refuse("", &why)
        }
    }
}

fn hear_message(message: &Place<'_>, told: &mut Told) -> Checked {
    message.object(&["role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"])?;
    let role = message.need("role")?.word(&["system", "user", "assistant", "tool"])?;
    let content = message.get("content").map_or(Ok(""), |content| content.text())?;
    for image in message.get("images").map(|images| images.items()).transpose()?.unwrap_or_default() {
        let Some(bytes) = decoded(image.text()?) else {
            return image.refuse("", "illegal base64 data at input byte 4");
        };
        told.picture("an image", bytes);
    }
    if let Some(thought) = message.get("thinking") {
        told.thoughts.push_str(thought.text()?);
    }
    match role {
        "tool" => {
            let id = message.get("tool_call_id").and_then(|id| id.value.as_str());
            let name = message.get("tool_name").and_then(|name| name.value.as_str());
            let to = id.or(name).unwrap_or_default().to_owned();
            told.results.push(Answered { to, text: content.to_owned() });
        }
        "assistant" => {
            told.answered = true;
            if let Some(calls) = message.get("tool_calls") {
                told.calls.clear();
                told.results.clear();
                for call in calls.items()? {
                    hear_call(&call, told)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn hear_call(call: &Place<'_>, told: &mut Told) -> Checked {
    call.object(&["id", "type", "function"])?;
    let function = call.need("function")?;
    function.object(&["index", "name", "arguments"])?;
    let name = function.need("name")?.text()?.to_owned();
    let arguments = function.get("arguments").map_or(Value::Null, |arguments| arguments.value.clone());
    if let Some(arguments) = function.get("arguments") {
        arguments.object(&[])?;
    }
    let id = call.get("id").and_then(|id| id.value.as_str()).unwrap_or(&name).to_owned();
    told.calls.push(Called { id, name, arguments });
    Ok(())
}
