use crate::conversation::{Block, Effort, Role, ToolResult};
use crate::{Conversation, Dialect, Target};
use serde_json::Value;

fn decode(body: &str) -> Conversation<'_> {
    crate::decode(Dialect::Ollama, body.as_bytes(), true).unwrap()
}

fn results<'c>(conversation: &'c Conversation<'_>) -> Vec<&'c ToolResult<'c>> {
    let blocks = conversation.turns.iter().flat_map(|turn| &turn.blocks);
    blocks
        .filter_map(|block| match block {
            Block::ToolResult(result) => Some(result),
            _ => None,
        })
        .collect()
}

#[test]
fn what_ollama_takes_goes_out_as_it_came() {
    for (name, body) in [
        ("coding_session", include_str!("../../../tests/golden/requests/ollama/coding_session.json")),
        ("format_json", include_str!("../../../tests/golden/requests/ollama/format_json.json")),
        ("format_schema", include_str!("../../../tests/golden/requests/ollama/format_schema.json")),
    ] {
        let before: Value = serde_json::from_str(body).unwrap();
        let conversation = crate::decode(Dialect::Ollama, body.as_bytes(), before["stream"] == true).unwrap();
        let target = Target::new(before["model"].as_str().unwrap(), "ollama", conversation.stream);
        let encoded = crate::encode(Dialect::Ollama, &conversation, &target);
        assert_eq!(encoded.dropped, [], "{name}");
        assert_eq!(serde_json::from_slice::<Value>(&encoded.body).unwrap(), before, "{name}");
    }
}

#[test]
fn results_without_ids_answer_open_calls_by_name_or_else_in_order() {
    let conversation = decode(include_str!("../../../tests/golden/requests/ollama/calls_without_ids.json"));
    let Block::ToolCall(first) = &conversation.turns[1].blocks[0] else { panic!() };
    let results = results(&conversation);
    assert_eq!(results.iter().map(|result| result.text()).collect::<Vec<_>>()[1..], ["one", "two"]);
    assert_eq!(results[1].call_id, first.id);
    assert_ne!(results[1].call_id, results[2].call_id);
    assert_eq!(results[0].name, "run");

    let conversation =
        decode(include_str!("../../../tests/golden/requests/ollama/results_without_names.json"));
    let [one, two] = self::results(&conversation)[..] else { panic!() };
    assert_ne!(one.call_id, two.call_id, "the same call, made twice");
    assert_eq!((two.name.as_ref(), two.content.len()), ("run", 0));
}

#[test]
fn an_answered_call_is_not_answered_again() {
    let body = r#"{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"ls"}}]},
        {"role":"tool","content":"a","tool_name":"ls"},{"role":"tool","content":"b","tool_name":"ls"}]}"#;
    let refusal = crate::decode(Dialect::Ollama, body.as_bytes(), false).unwrap_err();
    assert!(refusal.to_string().starts_with("`messages[2].tool_name` is \"ls\""), "{refusal}");
}

#[test]
fn instructions_before_the_first_turn_are_the_systems() {
    let conversation =
        decode(include_str!("../../../tests/golden/requests/ollama/system_in_odd_places.json"));
    assert_eq!(conversation.system, [Block::text("Answer in German."), Block::text("Be brief.")]);
    assert_eq!(conversation.turns[2].role, Role::System);
}

#[test]
fn think_is_a_switch_or_a_level() {
    for (think, effort) in [
        ("true", Effort::Medium),
        ("false", Effort::None),
        ("\"low\"", Effort::Low),
        ("\"max\"", Effort::Max),
    ] {
        let body = format!(r#"{{"messages":[{{"role":"user","content":"a"}}],"think":{think}}}"#);
        assert_eq!(decode(&body).reasoning.unwrap().level(), Some(effort), "{think}");
    }
}

#[test]
fn only_limits_above_zero_are_limits() {
    for (limit, most, dropped) in [("7", Some(7), 0), ("-1", None, 0), ("-2", None, 1), ("0", None, 1)] {
        let body = format!(
            r#"{{"messages":[{{"role":"user","content":"a"}}],"options":{{"num_predict":{limit}}}}}"#
        );
        let conversation = decode(&body);
        assert_eq!((conversation.max_output, conversation.dropped.len()), (most, dropped), "{limit}");
    }
}
