//! The input of a Responses request.

use super::place::{Checked, Place};
use super::responses::named;
use super::{Answered, Called, Refusal, Told};
use crate::scripted::says::seal;
use serde_json::Value;
use wire::Dialect;

pub(super) fn hear(input: &Place<'_>, stored: bool, told: &mut Told) -> Checked {
    if input.value.is_string() {
        return Ok(());
    }
    let items = input.items()?;
    if items.is_empty() {
        return input.refuse("missing_required_parameter", "Missing required parameter: 'input'.");
    }
    let kinds: Vec<&str> = items.iter().map(kind).collect();
    let mut calls: Vec<&str> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        item.object(&[])?;
        let next = kinds.get(index + 1).copied();
        match kinds[index] {
            "message" => hear_message(item, told)?,
            "reasoning" => hear_reasoning(item, stored, next, told)?,
            "function_call" | "custom_tool_call" => {
                let before = index.checked_sub(1).and_then(|before| kinds.get(before).copied());
                hear_call(item, stored, before, told)?;
                calls.push(item.value["call_id"].as_str().unwrap_or_default());
            }
            "function_call_output" | "custom_tool_call_output" => {
                item.object(&["type", "id", "call_id", "output", "status"])?;
                let id = call_id(item)?;
                let Some(at) = calls.iter().position(|call| *call == id) else {
                    let why = format!("No tool call found for function call output with call_id {id}.");
                    return Err(Refusal::at("input", "", why));
                };
                calls.remove(at);
                let text =
                    content(&item.need("output")?, &["input_text", "input_image", "input_file"], told)?;
                told.results.push(Answered { to: id.to_owned(), text });
            }
            "item_reference" => {}
            other => {
                let why = format!(
                    "Invalid value: '{other}'. Supported values are: 'message', 'reasoning', 'function_call', \
                     'function_call_output', 'custom_tool_call', 'custom_tool_call_output' and 'item_reference'."
                );
                return item.refuse("invalid_value", &why);
            }
        }
    }
    match calls.first() {
        Some(id) => Err(Refusal::at("input", "", format!("No tool output found for function call {id}."))),
        None => Ok(()),
    }
}

/// A message need not say that it is one.
fn kind<'v>(item: &Place<'v>) -> &'v str {
    match (&item.value["type"], item.value.get("role")) {
        (Value::String(kind), _) => kind,
        (_, Some(_)) => "message",
        _ => "",
    }
}

/// An item's id, if it has one, begins as those of its kind do.
fn id_begins(item: &Place<'_>, start: &str) -> Checked {
    let Some(id) = item.get("id") else { return Ok(()) };
    let text = id.text()?;
    if text.starts_with(start) {
        return Ok(());
    }
    let path = &id.path;
    let why = format!("Invalid '{path}': '{text}'. Expected an ID that begins with '{start}'.");
    id.refuse("invalid_value", &why)
}

fn hear_message(item: &Place<'_>, told: &mut Told) -> Checked {
    item.object(&["type", "role", "content", "id", "status", "phase"])?;
    let said = item.need("content")?;
    if item.need("role")?.word(&["assistant", "system", "developer", "user"])? == "assistant" {
        told.answered = true;
        id_begins(item, "msg")?;
        content(&said, &["output_text", "refusal"], told)?;
    } else {
        content(&said, &["input_text", "input_image", "input_file"], told)?;
    }
    Ok(())
}

fn hear_reasoning(item: &Place<'_>, stored: bool, next: Option<&str>, told: &mut Told) -> Checked {
    item.object(&["type", "id", "summary", "content", "encrypted_content", "status"])?;
    id_begins(item, "rs")?;
    told.answered = true;
    for part in item.need("summary")?.items()? {
        part.object(&["type", "text"])?;
        part.need("type")?.word(&["summary_text"])?;
        told.thoughts.push_str(part.need("text")?.text()?);
    }
    let id = item.get("id").and_then(|id| id.value.as_str()).unwrap_or_default();
    let Some(proof) = item.get("encrypted_content") else {
        if stored {
            return Ok(());
        }
        let message = format!(
            "Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with \
             `store` set to true, or remove this item from your input."
        );
        return Err(Refusal { status: 404, ..Refusal::at("input", "", message) });
    };
    let text = proof.text()?;
    if text != seal(Dialect::Responses) {
        let start: String = text.chars().take(4).collect();
        let why = format!(
            "The encrypted content {start}... could not be verified. Reason: Encrypted content could not be decrypted \
             or parsed."
        );
        return Err(Refusal::at("", "invalid_encrypted_content", why));
    }
    if next.is_none_or(|next| next.ends_with("_output")) {
        let why =
            format!("Item '{id}' of type 'reasoning' was provided without its required following item.");
        return Err(Refusal::at("input", "", why));
    }
    told.proofs += 1;
    Ok(())
}

fn hear_call(item: &Place<'_>, stored: bool, before: Option<&str>, told: &mut Told) -> Checked {
    item.object(&["type", "id", "call_id", "name", "arguments", "input", "status", "namespace"])?;
    let custom = item.value["type"] == "custom_tool_call";
    id_begins(item, if custom { "ctc" } else { "fc" })?;
    // Whoever names an item that we keep must show the thought it came from. Codex names items and asks that nothing
    // be kept.
    let ours = stored
        && item.get("id").is_some_and(|id| id.value.as_str().is_some_and(|id| id.starts_with("fc_67ccd2bf")));
    if ours && !matches!(before, Some("reasoning" | "function_call")) {
        let why = format!(
            "Item {} of type 'function_call' was provided without its required 'reasoning' item: \
             'rs_67ccf18f64008190a39b619f4c8455ef'.",
            item.value["id"]
        );
        return Err(Refusal::at("input", "", why));
    }
    let id = call_id(item)?;
    let name = named(&item.need("name")?)?;
    let given = item.need(if custom { "input" } else { "arguments" })?.text()?;
    told.answered = true;
    // Calls right behind one another are of one turn.
    if !matches!(before, Some("function_call" | "custom_tool_call")) {
        told.calls.clear();
        told.results.clear();
    }
    let arguments = serde_json::from_str(given).unwrap_or_else(|_| given.into());
    told.calls.push(Called { id: id.to_owned(), name: name.to_owned(), arguments });
    Ok(())
}

fn call_id<'v>(item: &Place<'v>) -> Checked<&'v str> {
    let place = item.need("call_id")?;
    let id = place.text()?;
    if (1..=64).contains(&id.len()) {
        return Ok(id);
    }
    let why = format!(
        "Invalid '{}': string too long. Expected a string with maximum length 64, but got a string with length {} \
         instead.",
        place.path,
        id.len()
    );
    place.refuse("string_above_max_length", &why)
}

/// A text, or parts of these types; gives the text.
fn content(place: &Place<'_>, types: &[&str], told: &mut Told) -> Checked<String> {
    if let Some(text) = place.value.as_str() {
        return Ok(text.to_owned());
    }
    let mut all = String::new();
    for part in place.items()? {
        part.object(&[])?;
        match part.need("type")?.word(types)? {
            "input_text" => {
                part.object(&["type", "text"])?;
                all.push_str(part.need("text")?.text()?);
            }
            "output_text" => {
                part.object(&["type", "text", "annotations", "logprobs"])?;
                all.push_str(part.need("text")?.text()?);
            }
            "refusal" => {
                part.object(&["type", "refusal"])?;
                part.need("refusal")?.text()?;
            }
            "input_image" => {
                part.object(&["type", "image_url", "file_id", "detail"])?;
                if let Some(url) = part.get("image_url") {
                    told.picture_at(&url)?;
                }
            }
            _ => part.object(&["type", "file_id", "file_data", "filename", "file_url"])?,
        }
    }
    Ok(all)
}
