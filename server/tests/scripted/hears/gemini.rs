//! Google's generateContent, for a model of Gemini 3.

use super::gemini_tools as tools;
use super::place::{Checked, Place};
use super::{Answered, Called, Told, decoded};
use crate::scripted::says::seal;
use serde_json::Value;
use wire::Dialect;

const MEMBERS: [&str; 8] = [
    "contents",
    "systemInstruction",
    "tools",
    "toolConfig",
    "generationConfig",
    "safetySettings",
    "cachedContent",
    "model",
];

/// What Google documents for calls of other models (ai.google.dev, thought signatures, November 2026).
const SKIP: [&str; 2] = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

pub(super) fn hear(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&MEMBERS)?;
    if let Some(system) = root.get("systemInstruction") {
        system.object(&["parts", "role"])?;
        for part in system.need("parts")?.items()? {
            part.object(&["text"])?;
            part.need("text")?.text()?;
        }
    }
    tools::declared(root, told)?;
    tools::settings(root, told)?;
    hear_contents(&root.need("contents")?, told)
}

/// The same request with the names of its members as Google documents them. Python's library writes some as
/// Google's own protocol buffers do, which is taken just as well.
pub(super) fn camel(value: &Value) -> Value {
    // What tools and schemas call their members is their own business.
    const FREE: [&str; 6] =
        ["args", "response", "parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema"];
    match value {
        Value::Array(items) => items.iter().map(camel).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let mut words = name.split('_');
                let mut camelled = words.next().unwrap_or_default().to_owned();
                for word in words {
                    let mut chars = word.chars();
                    camelled.extend(chars.next().map(|first| first.to_ascii_uppercase()));
                    camelled.push_str(chars.as_str());
                }
                let value = if FREE.contains(&camelled.as_str()) { value.clone() } else { camel(value) };
                (camelled, value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

/// Either the contents alone, or the whole request inside.
pub(super) fn hear_to_count(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&["contents", "generateContentRequest"])?;
    match root.get("generateContentRequest") {
        Some(inner) => {
            inner.need("model")?.text()?;
            hear(&inner, told)
        }
        None => hear_contents(&root.need("contents")?, told),
    }
}

fn hear_contents(contents: &Place<'_>, told: &mut Told) -> Checked {
    let list = contents.items()?;
    if list.is_empty() {
        return contents.refuse("", "* GenerateContentRequest.contents: contents is not specified\n");
    }
    // The turn under way begins with the last thing the person said.
    let said = |content: &Place<'_>| {
        let parts = content.value["parts"].as_array();
        content.value["role"] != "model"
            && parts.into_iter().flatten().any(|part| part.get("functionResponse").is_none())
    };
    let running = list.iter().rposition(said).unwrap_or(0);
    let mut before: Option<&Place<'_>> = None;
    for (index, content) in list.iter().enumerate() {
        content.object(&["role", "parts"])?;
        let role = content.get("role").map_or("user", |role| role.value.as_str().unwrap_or_default());
        if !["user", "model"].contains(&role) {
            return content.refuse("", "Please use a valid role: user, model.");
        }
        let parts = content.need("parts")?;
        if parts.items()?.is_empty() {
            let why = format!("* GenerateContentRequest.{}: contents.parts must not be empty.\n", parts.path);
            return parts.refuse("", &why);
        }
        order(content, before, list.get(index + 1))?;
        for part in parts.items()? {
            hear_part(&part, role == "model", told)?;
        }
        if role == "model" {
            told.answered = true;
            if index >= running {
                signed(content)?;
            }
        }
        before = Some(content);
    }
    Ok(())
}

fn count(content: &Place<'_>, member: &str) -> usize {
    content.value["parts"].as_array().into_iter().flatten().filter(|part| part.get(member).is_some()).count()
}

/// Calls follow what the person or a tool said, results follow calls, as many as these.
fn order(content: &Place<'_>, before: Option<&Place<'_>>, after: Option<&Place<'_>>) -> Checked {
    let calls = count(content, "functionCall");
    if calls > 0 && before.is_none_or(|before| before.value["role"] == "model") {
        let why = "Please ensure that function call turn comes immediately after a user turn or after a function \
                   response turn.";
        return content.refuse("", why);
    }
    if calls > 0 && after.is_none_or(|after| count(after, "functionResponse") != calls) {
        let why = "Please ensure that the number of function response parts is equal to the number of function call \
                   parts of the function call turn.";
        return content.refuse("", why);
    }
    let results = count(content, "functionResponse");
    if results > 0 && before.is_none_or(|before| count(before, "functionCall") != results) {
        let why = "Please ensure that function response turn comes immediately after a function call turn.";
        return content.refuse("", why);
    }
    Ok(())
}

/// The first call of a turn under way is signed.
fn signed(content: &Place<'_>) -> Checked {
    let parts = content.need("parts")?.items()?;
    let Some(call) = parts.iter().find(|part| part.get("functionCall").is_some()) else { return Ok(()) };
    if call.get("thoughtSignature").is_some() {
        return Ok(());
    }
    let why = format!(
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work \
         correctly, and missing thought_signature may lead to degraded model performance. Additional data, function \
         call `default_api:{}`.",
        call.value["functionCall"]["name"].as_str().unwrap_or_default()
    );
    call.refuse("", &why)
}

fn hear_part(part: &Place<'_>, model: bool, told: &mut Told) -> Checked {
    const DATA: [&str; 7] = [
        "text",
        "inlineData",
        "fileData",
        "functionCall",
        "functionResponse",
        "executableCode",
        "codeExecutionResult",
    ];
    part.object(
        &[DATA.as_slice(), &["thought", "thoughtSignature", "videoMetadata", "mediaResolution"]].concat(),
    )?;
    let held: Vec<&str> = DATA.into_iter().filter(|name| part.get(name).is_some()).collect();
    let [held] = held.as_slice() else {
        let why = format!(
            "* GenerateContentRequest.{}.data: required oneof field 'data' must have one initialized field\n",
            part.path
        );
        return part.refuse("", &why);
    };
    if let Some(signature) = part.get("thoughtSignature") {
        // Bytes: either alphabet of base64 is taken.
        let text = signature.text()?.replace('-', "+").replace('_', "/");
        if text == seal(Dialect::Gemini) {
            told.proofs += 1;
        } else if !SKIP.contains(&signature.text()?) {
            return signature.refuse("", "Corrupted thought signature.");
        }
    }
    let data = part.need(held)?;
    match *held {
        "text" => {
            let text = data.text()?;
            if part.get("thought").is_some_and(|thought| thought.value == true) {
                told.thoughts.push_str(text);
            }
        }
        "inlineData" => picture(&data, told)?,
        "functionCall" => {
            if !model {
                return data.refuse("", "Function call parts are only allowed in turns of the model.");
            }
            hear_call(part, &data, told)?;
        }
        "functionResponse" => hear_result(&data, told)?,
        _ => data.object(&[])?,
    }
    Ok(())
}

fn picture(data: &Place<'_>, told: &mut Told) -> Checked {
    data.object(&["mimeType", "data"])?;
    let bytes = data.need("data")?;
    let text = bytes.text()?.replace('-', "+").replace('_', "/");
    let Some(count) = decoded(&text) else {
        let why = format!("Invalid value at '{}' (TYPE_BYTES), Base64 decoding failed", bytes.path);
        return bytes.refuse("", &why);
    };
    told.picture(data.need("mimeType")?.text()?, count);
    Ok(())
}

fn hear_call(part: &Place<'_>, call: &Place<'_>, told: &mut Told) -> Checked {
    call.object(&["id", "name", "args"])?;
    let name = tools::named(&call.need("name")?)?;
    let arguments = call.get("args").map_or(Value::Null, |args| args.value.clone());
    if let Some(args) = call.get("args") {
        args.object(&[])?;
    }
    // Calls of one turn stand side by side.
    if part.path.ends_with(".parts[0]") || !told.results.is_empty() {
        told.calls.clear();
        told.results.clear();
    }
    let id = call.get("id").and_then(|id| id.value.as_str()).unwrap_or(name);
    told.calls.push(Called { id: id.to_owned(), name: name.to_owned(), arguments });
    Ok(())
}

fn hear_result(result: &Place<'_>, told: &mut Told) -> Checked {
    result.object(&["id", "name", "response", "parts", "willContinue", "scheduling"])?;
    let name = tools::named(&result.need("name")?)?;
    let response = result.need("response")?;
    if !response.value.is_object() {
        let why = format!(
            "Invalid value at '{}' (type.googleapis.com/google.protobuf.Struct), {}",
            response.path, response.value
        );
        return response.refuse("", &why);
    }
    for part in result.get("parts").map(|parts| parts.items()).transpose()?.unwrap_or_default() {
        part.object(&["inlineData", "fileData"])?;
        if let Some(data) = part.get("inlineData") {
            picture(&data, told)?;
        }
    }
    let id = result.get("id").and_then(|id| id.value.as_str());
    if let Some(id) = id.filter(|id| !told.calls.iter().any(|call| call.id == *id && call.name == name)) {
        return result.refuse("", &format!("Function response {id} of {name} answers no function call."));
    }
    let said = |member: &str| response.value[member].as_str().map(str::to_owned);
    let text = said("output").or_else(|| said("result")).or_else(|| said("error"));
    let text = text.unwrap_or_else(|| response.value.to_string());
    told.results.push(Answered { to: id.unwrap_or(name).to_owned(), text });
    Ok(())
}
