use super::*;
use serde_json::{Value, json};

/// Each text, the tool and arguments of its call, whether it failed, whether it is new.
fn found(dialect: Dialect, body: &Value) -> Vec<(String, String, bool, bool)> {
    let body = body.to_string();
    let outputs = tool_outputs(dialect, body.as_bytes());
    let described = |output: &ToolOutput| {
        let text = unquote(&body.as_bytes()[output.span.clone()]).unwrap().into_owned();
        let call = output.call.map(|call| &outputs.calls[call]);
        let call = call.map_or("?".to_owned(), |call| format!("{} {}", call.tool, call.arguments));
        (text, call, output.failed, output.fresh)
    };
    outputs.texts.iter().map(described).collect()
}

fn expected(texts: &[(&str, &str, bool, bool)]) -> Vec<(String, String, bool, bool)> {
    texts
        .iter()
        .map(|(text, call, failed, fresh)| ((*text).into(), (*call).into(), *failed, *fresh))
        .collect()
}

#[test]
fn messages() {
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [
            {"type": "text", "text": "Looking."},
            {"type": "tool_use", "id": "a", "name": "Bash", "input": {"command": "ls"}},
            {"type": "tool_use", "id": "b", "name": "Read", "input": {"file_path": "x.rs"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "b", "content": [{"type": "text", "text": "one"}, {"type": "image"}, {"type": "text", "text": "two"}]},
            {"is_error": true, "content": "no \"such\"\n", "tool_use_id": "a", "type": "tool_result"},
            {"type": "text", "text": "go on"}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "Grep", "input": {"pattern": "x"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "three"}, {"type": "tool_result", "tool_use_id": "zz", "content": "orphan"}]},
    ]});
    let texts = expected(&[
        ("one", "Read {\"file_path\":\"x.rs\"}", false, false),
        ("two", "Read {\"file_path\":\"x.rs\"}", false, false),
        ("no \"such\"\n", "Bash {\"command\":\"ls\"}", true, false),
        ("three", "Grep {\"pattern\":\"x\"}", false, true),
        ("orphan", "?", false, true),
    ]);
    assert_eq!(found(Dialect::Messages, &body), texts);
}

#[test]
fn chat() {
    let call = |id: &str, name: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let body = json!({"messages": [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": null, "tool_calls": [call("1", "shell", "{\"command\":\"ls\"}"), call("2", "read", "{}")]},
        {"role": "tool", "tool_call_id": "2", "content": "two"},
        {"role": "tool", "tool_call_id": "1", "content": [{"type": "text", "text": "one"}]},
        // Some vendors count anew in every turn.
        {"role": "assistant", "tool_calls": [call("1", "glob", "{}")]},
        {"role": "tool", "tool_call_id": "1", "content": "three"},
    ]});
    let texts = expected(&[
        ("two", "read {}", false, false),
        ("one", "shell {\"command\":\"ls\"}", false, false),
        ("three", "glob {}", false, true),
    ]);
    assert_eq!(found(Dialect::Chat, &body), texts);
}

#[test]
fn ollama_has_no_ids() {
    let call = |name: &str| json!({"function": {"name": name, "arguments": {"n": 1}}});
    let body = json!({"messages": [
        {"role": "assistant", "content": "", "tool_calls": [call("a"), call("b")]},
        {"role": "tool", "tool_name": "a", "content": "one"},
        {"role": "tool", "tool_name": "b", "content": "two"},
        {"role": "assistant", "content": "", "tool_calls": [call("a")]},
        {"role": "tool", "content": "three"},
    ]});
    let texts = expected(&[
        ("one", "a {\"n\":1}", false, false),
        ("two", "b {\"n\":1}", false, false),
        ("three", "a {\"n\":1}", false, true),
    ]);
    assert_eq!(found(Dialect::Ollama, &body), texts);
}

#[test]
fn responses() {
    let body = json!({"input": [
        {"role": "user", "content": [{"type": "input_text", "text": "look"}]},
        {"type": "function_call", "call_id": "1", "name": "shell", "arguments": "{\"command\":[\"bash\",\"-lc\",\"ls\"]}"},
        {"type": "custom_tool_call", "call_id": "2", "name": "apply_patch", "input": "*** Begin"},
        {"type": "local_shell_call", "call_id": "3", "action": {"command": ["ls"]}},
        {"type": "function_call_output", "call_id": "1", "output": "one"},
        {"type": "custom_tool_call_output", "call_id": "2", "output": [{"type": "input_text", "text": "two"}]},
        {"type": "local_shell_call_output", "call_id": "3", "output": "three"},
    ]});
    let texts = expected(&[
        ("one", "shell {\"command\":[\"bash\",\"-lc\",\"ls\"]}", false, true),
        ("two", "apply_patch *** Begin", false, true),
        ("three", "local_shell {\"command\":[\"ls\"]}", false, true),
    ]);
    assert_eq!(found(Dialect::Responses, &body), texts);
}

#[test]
fn gemini() {
    let call = |name: &str| json!({"functionCall": {"name": name, "args": {"p": name}}});
    let answer =
        |name: &str, response: Value| json!({"functionResponse": {"name": name, "response": response}});
    let body = json!({"contents": [
        {"role": "user", "parts": [{"text": "look"}]},
        {"role": "model", "parts": [call("a"), call("b")]},
        {"role": "user", "parts": [answer("a", json!({"output": "one"})), answer("b", json!({"error": "broken"}))]},
        {"role": "model", "parts": [call("a")]},
        {"role": "user", "parts": [answer("a", json!({"error": "x", "output": "two"}))]},
    ]});
    let texts = expected(&[("one", "a {\"p\":\"a\"}", false, false), ("two", "a {\"p\":\"a\"}", true, true)]);
    assert_eq!(found(Dialect::Gemini, &body), texts);
}

#[test]
fn bodies_without_any_and_bodies_that_cannot_be_read() {
    assert_eq!(
        tool_outputs(Dialect::Chat, br#"{"messages":[{"role":"user","content":"tool"}]}"#),
        ToolOutputs::default()
    );
    assert_eq!(
        tool_outputs(Dialect::Chat, br#"{"messages":[{"role":"tool","content":"x"}"#),
        ToolOutputs::default()
    );
}

#[test]
fn what_is_quoted_can_be_unquoted() {
    for text in ["", "a\"b\\c\nd\te\u{0}f", "größe 🎉\u{2028}"] {
        assert_eq!(unquote(&quote(text)).as_deref(), Some(text));
    }
    assert_eq!(unquote(b"12"), None);
}
