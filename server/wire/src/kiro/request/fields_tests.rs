use super::super::tests::{turn, value};
use crate::Conversation;
use crate::conversation::*;
use crate::kiro::{Target, encode};
use serde_json::{Value, json};

const CLAUDE: &str = r#"{"type":"object","additionalProperties":false,"properties":{
    "thinking":{"properties":{"type":{"enum":["adaptive","disabled"]},"display":{"enum":["summarized","omitted"]}}},
    "output_config":{"properties":{"effort":{"enum":["low","medium","high","max"]}}},
    "max_tokens":{"minimum":1024,"maximum":64000}}}"#;
const CLAUDE_5_5: &str = r#"{"properties":{"thinking":{"properties":{"type":{"const":"adaptive"}}},
    "output_config":{"properties":{"effort":{"enum":["low","high"]}}}}}"#;
const GPT: &str = r#"{"properties":{"reasoning":{"properties":{"effort":{"enum":["none","low","high"]}}}}}"#;

#[test]
fn fields_follow_the_models_own_schema() {
    let level = |effort| Some(Reasoning { effort: Some(effort), ..Reasoning::default() });
    let budget = |budget, shown| Some(Reasoning { effort: None, budget: Some(budget), shown });
    for (schema, reasoning, max_output, fields, lost) in [
        (CLAUDE, None, None, Value::Null, ""),
        (CLAUDE, None, Some(32_000), json!({"max_tokens": 32000}), ""),
        (CLAUDE, None, Some(1), json!({"max_tokens": 1024}), "max_output"),
        (CLAUDE, None, Some(128_000), json!({"max_tokens": 64000}), "max_output"),
        (
            CLAUDE,
            level(Effort::High),
            None,
            json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}),
            "",
        ),
        (
            CLAUDE,
            level(Effort::XHigh),
            None,
            json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}),
            "reasoning.effort",
        ),
        (CLAUDE, level(Effort::None), None, json!({"thinking": {"type": "disabled"}}), ""),
        (
            CLAUDE,
            budget(4_096, Some(true)),
            None,
            json!({"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}}),
            "reasoning.budget",
        ),
        (
            CLAUDE,
            Some(Reasoning { shown: Some(false), ..Reasoning::default() }),
            None,
            json!({"thinking": {"type": "adaptive", "display": "omitted"}}),
            "",
        ),
        (
            CLAUDE_5_5,
            level(Effort::None),
            Some(9),
            json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
            "max_output reasoning.effort",
        ),
        (
            CLAUDE_5_5,
            budget(0, Some(true)),
            None,
            json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
            "reasoning.effort reasoning.shown",
        ),
        (GPT, level(Effort::None), None, json!({"reasoning": {"effort": "none"}}), ""),
        (GPT, level(Effort::Medium), None, json!({"reasoning": {"effort": "high"}}), "reasoning.effort"),
        ("{}", level(Effort::Medium), Some(1), Value::Null, "max_output reasoning"),
        ("[", level(Effort::Medium), None, Value::Null, "reasoning"),
    ] {
        let turns = vec![turn(Role::User, [Block::text("hi")])];
        let conversation = Conversation { turns, reasoning, max_output, ..Conversation::default() };
        let target =
            Target { model: "m", conversation_id: "c", origin: "CLI", profile: None, fields: Some(schema) };
        let request = encode(&conversation, &target);
        let dropped: Vec<_> = request.dropped.iter().map(|one| one.path.as_str()).collect();
        let sent = value(&request)["additionalModelRequestFields"].clone();
        assert_eq!(
            (sent, dropped.join(" ").as_str()),
            (fields, lost),
            "{reasoning:?} {max_output:?} {schema}"
        );
    }
}
