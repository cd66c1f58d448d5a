//! Anthropic's rules that hold between several parts of a request.

use super::place::{Checked, Place};
use super::{Told, is_name, schema};
use serde_json::Value;

/// Calls and results: each call is answered at the beginning of the next message, and nothing else is.
pub(super) fn pairs(messages: &Place<'_>) -> Checked {
    let blocks = |message: &Place<'_>, kind: &str, member: &str| -> Vec<String> {
        let blocks = message.value["content"].as_array();
        let blocks = blocks.into_iter().flatten().filter(|block| block["type"] == kind);
        blocks.filter_map(|block| Some(block[member].as_str()?.to_owned())).collect()
    };
    let list = messages.items()?;
    let mut seen: Vec<String> = Vec::new();
    for (index, message) in list.iter().enumerate() {
        let calls = blocks(message, "tool_use", "id");
        for id in &calls {
            if seen.contains(id) {
                return message.refuse("", "`tool_use` ids must be unique");
            }
            seen.push(id.clone());
        }
        let mut leading = Vec::new();
        if let Some(next) = list.get(index + 1) {
            let blocks = next.value["content"].as_array();
            let blocks = blocks.into_iter().flatten().take_while(|block| block["type"] == "tool_result");
            leading.extend(blocks.filter_map(|block| block["tool_use_id"].as_str()));
        }
        let open: Vec<&String> = calls.iter().filter(|id| !leading.contains(&id.as_str())).collect();
        if let Some(first) = open.first() {
            let why = format!(
                "`tool_use` ids were found without `tool_result` blocks immediately after: {first}. Each `tool_use` \
                 block must have a corresponding `tool_result` block in the next message."
            );
            return message.refuse("", &why);
        }
        let before = index.checked_sub(1).and_then(|before| list.get(before));
        let asked = before.map(|before| blocks(before, "tool_use", "id")).unwrap_or_default();
        let answered = blocks(message, "tool_result", "tool_use_id");
        if let Some(id) = answered.iter().find(|id| !asked.contains(id)) {
            let why = format!(
                "unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a \
                 corresponding `tool_use` block in the previous message."
            );
            return message.refuse("", &why);
        }
    }
    Ok(())
}

/// Four marks of the prompt cache at most, each of a known kind.
pub(super) fn cache(root: &Place<'_>) -> Checked {
    fn count(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members
                .iter()
                // What the model and its tools say is not looked into.
                .filter(|(key, _)| !["input", "input_schema", "schema"].contains(&key.as_str()))
                .map(|(key, value)| if key == "cache_control" { 1 } else { count(value) })
                .sum(),
            _ => 0,
        }
    }
    let marks = count(root.value);
    if marks > 4 {
        let why = format!("A maximum of 4 blocks with cache_control may be provided. Found {marks}.");
        return root.refuse("", &why);
    }
    Ok(())
}

pub(super) fn tools(root: &Place<'_>, told: &mut Told) -> Checked {
    for tool in root.get("tools").map(|tools| tools.items()).transpose()?.unwrap_or_default() {
        tool.object(&[])?;
        if tool.get("type").is_some_and(|kind| kind.value != "custom") {
            continue;
        }
        tool.object(&[
            "type",
            "name",
            "description",
            "input_schema",
            "cache_control",
            "strict",
            "defer_loading",
            "eager_input_streaming",
            "input_examples",
            "allowed_callers",
        ])?;
        let name = tool.need("name")?;
        if !is_name(name.text()?, "_-", 128) {
            return name.refuse("", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
        }
        let input = tool.need("input_schema")?;
        input.object(&[])?;
        let kind = input.need("type")?;
        if kind.value != "object" {
            return kind.refuse("", "Input should be 'object'");
        }
        for keyword in ["oneOf", "allOf", "anyOf"] {
            if input.get(keyword).is_some() {
                let why = "input_schema does not support oneOf, allOf, or anyOf at the top level";
                return input.refuse("", why);
            }
        }
        let name = name.text()?.to_owned();
        if told.tools.contains(&name) {
            return root.refuse("", "tools: Tool names must be unique.");
        }
        told.tools.push(name);
    }
    let Some(choice) = root.get("tool_choice") else { return Ok(()) };
    choice.object(&["type", "name", "disable_parallel_tool_use"])?;
    let kind = choice.need("type")?.word(&["auto", "any", "tool", "none"])?;
    if told.tools.is_empty() {
        return choice.refuse("", "may only be specified while providing tools.");
    }
    if kind == "tool" && !told.tools.iter().any(|tool| *tool == choice.value["name"]) {
        return choice.refuse("", &format!("Tool '{}' not found in provided tools", choice.value["name"]));
    }
    Ok(())
}

pub(super) fn sampling(root: &Place<'_>, most: i64) -> Checked {
    root.get("temperature").map(|place| place.number(0.0, 1.0)).transpose()?;
    root.get("top_p").map(|place| place.number(0.0, 1.0)).transpose()?;
    root.get("top_k").map(|place| place.whole(0)).transpose()?;
    let Some(thinking) = root.get("thinking").filter(|thinking| is_on(thinking)) else { return Ok(()) };
    if thinking.get("budget_tokens").is_some_and(|budget| budget.value.as_i64() >= Some(most)) {
        return root.refuse("", "`max_tokens` must be greater than `thinking.budget_tokens`.");
    }
    if root.get("temperature").is_some_and(|place| place.value.as_f64() != Some(1.0)) {
        return root.refuse("", "`temperature` may only be set to 1 when thinking is enabled.");
    }
    if root.get("top_k").is_some() {
        return root.refuse("", "`top_k` must be unset when thinking is enabled.");
    }
    Ok(())
}

fn is_on(thinking: &Place<'_>) -> bool {
    thinking.value["type"] != "disabled"
}

pub(super) fn thinking(root: &Place<'_>, messages: &[Place<'_>]) -> Checked {
    let Some(thinking) = root.get("thinking") else { return Ok(()) };
    thinking.object(&["type", "budget_tokens", "display"])?;
    let kind = thinking.need("type")?.word(&["enabled", "disabled", "adaptive"])?;
    if kind == "enabled" {
        thinking.need("budget_tokens")?.whole(1024)?;
    } else if thinking.get("budget_tokens").is_some() {
        return thinking.refuse("", "budget_tokens: Extra inputs are not permitted");
    }
    if !is_on(&thinking) {
        return Ok(());
    }
    if matches!(root.value["tool_choice"]["type"].as_str(), Some("any" | "tool")) {
        return root.refuse("", "Thinking may not be enabled when tool_choice forces tool use.");
    }
    if kind == "adaptive" {
        return Ok(());
    }
    // Only the loop of calls that is under way counts, and it has one when the last message holds results.
    let results = messages.last().is_some_and(|last| last.value["content"][0]["type"] == "tool_result");
    let model = messages.iter().rev().find(|message| message.value["role"] == "assistant");
    if let Some(model) = model.filter(|_| results) {
        let first = &model.value["content"][0]["type"];
        if first != "thinking" && first != "redacted_thinking" {
            let why = format!(
                "content.0.type: Expected `thinking` or `redacted_thinking`, but found `{}`. When `thinking` is \
                 enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of \
                 `tool_use` and `tool_result` blocks).",
                first.as_str().unwrap_or("text")
            );
            return model.refuse("", &why);
        }
    }
    Ok(())
}

/// The answer's form.
pub(super) fn format(root: &Place<'_>, told: &mut Told) -> Checked {
    let Some(config) = root.get("output_config") else { return Ok(()) };
    config.object(&["effort", "format", "task_budget"])?;
    if let Some(effort) = config.get("effort") {
        effort.word(&["low", "medium", "high", "xhigh", "max"])?;
    }
    let Some(format) = config.get("format") else { return Ok(()) };
    format.object(&["type", "schema"])?;
    format.need("type")?.word(&["json_schema"])?;
    let schema = format.need("schema")?;
    schema::of_an_answer(&schema)?;
    told.schema = Some(schema.value.clone());
    Ok(())
}
