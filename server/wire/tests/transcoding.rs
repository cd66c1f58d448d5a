//! What must hold of any conversation and of any stream, in every dialect.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{fs, path::PathBuf};

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use wire::conversation::{
    Block, Conversation, Effort, Reasoning, Role, Sampling, Tool, ToolCall, ToolChoice, ToolKind, ToolResult,
    Turn,
};
use wire::{Asked, Dialect, Target, Translation, decode, encode};

const TOOLS: [&str; 3] = ["ls", "read_file", "mcp__fs__grep"];

fn text() -> impl Strategy<Value = String> {
    "[a-z]{1,4}[ \n\"\\\\{}<>é😀]{0,4}[a-z]{1,4}"
}

fn input() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
        Just(json!([])),
        Just(json!({"format": {"title": 1}})),
    ];
    proptest::collection::btree_map("[a-z$]{1,5}", leaf, 0..4).prop_map(|members| json!(members))
}

/// One round: what the person says, what the model thinks, says and calls, and what came of the calls.
type Round = (String, Option<String>, Option<String>, Vec<(Index, Value, Option<String>)>);

fn round() -> impl Strategy<Value = Round> {
    let call = (any::<Index>(), input(), proptest::option::of(text()));
    let (thought, answer) = (proptest::option::of(text()), proptest::option::of(text()));
    (text(), thought, answer, proptest::collection::vec(call, 0..3))
}

fn turns(rounds: Vec<Round>, last: String) -> Vec<Turn<'static>> {
    let mut turns = Vec::new();
    let mut user = Vec::new();
    for (at, (asked, thought, answer, calls)) in rounds.into_iter().enumerate() {
        user.push(Block::text(asked));
        turns.push(Turn { role: Role::User, blocks: std::mem::take(&mut user) });
        let mut blocks = Vec::new();
        blocks.extend(thought.map(|text| Block::Reasoning { text: text.into(), seal: None, summary: false }));
        // A turn of thoughts only would vanish in dialects that do not take them back.
        blocks.push(Block::text(answer.unwrap_or_else(|| "well".to_owned())));
        for (index, (tool, input, output)) in calls.into_iter().enumerate() {
            let (id, name) = (format!("call_{at}_{index}"), *tool.get(&TOOLS));
            user.push(Block::ToolResult(ToolResult {
                call_id: id.clone().into(),
                name: name.into(),
                content: output.map(Block::text).into_iter().collect(),
                is_error: false,
                kind: ToolKind::Function,
                cache: None,
            }));
            blocks.push(Block::ToolCall(ToolCall {
                id: id.into(),
                name: name.into(),
                input: input.to_string().into(),
                kind: ToolKind::Function,
                seal: None,
                cache: None,
            }));
        }
        turns.push(Turn { role: Role::Assistant, blocks });
    }
    user.push(Block::text(last));
    turns.push(Turn { role: Role::User, blocks: user });
    turns
}

fn conversation() -> impl Strategy<Value = Conversation<'static>> {
    let tools = TOOLS.map(|name| Tool::Function {
        name: name.into(),
        description: Some("Does it.".into()),
        schema: Some(r#"{"type":"object","properties":{"title":{"type":"string"}}}"#.into()),
        strict: None,
        cache: None,
    });
    let sampling = (
        proptest::option::of(prop_oneof![Just("0"), Just("0.70"), Just("1")]),
        proptest::option::of(prop_oneof![Just("0.5"), Just("1.0")]),
    );
    let choice = prop_oneof![Just(None), Just(Some(ToolChoice::Auto))];
    let effort = proptest::option::of(prop_oneof![Just(Effort::None), Just(Effort::Low), Just(Effort::High)]);
    (
        proptest::collection::vec(text(), 0..3),
        (proptest::collection::vec(round(), 0..4), text()).prop_map(|(rounds, last)| turns(rounds, last)),
        (sampling, proptest::option::of(1_u64..30_000), proptest::collection::vec(text(), 0..3)),
        (choice, effort, any::<bool>()),
    )
        .prop_map(move |(system, turns, (sampling, max_output, stop), (tool_choice, effort, stream))| {
            Conversation {
                system: system.into_iter().map(Block::text).collect(),
                turns,
                tools: tools.to_vec(),
                tool_choice,
                sampling: Sampling { temperature: sampling.0, top_p: sampling.1, ..Sampling::default() },
                max_output,
                stop: stop.into_iter().map(Into::into).collect(),
                reasoning: effort.map(|effort| Reasoning { effort: Some(effort), ..Reasoning::default() }),
                stream,
                ..Conversation::default()
            }
        })
}

/// What is said, whoever splits or joins it: words by speaker without white space, calls and results in order.
#[derive(Debug, Default, PartialEq)]
struct Said {
    system: String,
    user: String,
    model: String,
    calls: Vec<(String, Value)>,
    results: Vec<(String, String)>,
}

impl Said {
    fn by(conversation: &Conversation<'_>) -> Self {
        let mut said = Self::default();
        let words = |text: &str| text.split_whitespace().collect::<String>();
        for block in &conversation.system {
            if let Block::Text { text, .. } = block {
                said.system += &words(text);
            }
        }
        for turn in &conversation.turns {
            for block in &turn.blocks {
                match block {
                    Block::Text { text, .. } => match turn.role {
                        Role::System => said.system += &words(text),
                        Role::User => said.user += &words(text),
                        Role::Assistant => said.model += &words(text),
                    },
                    Block::ToolCall(call) => {
                        said.calls.push((call.name.to_string(), serde_json::from_str(&call.input).unwrap()));
                    }
                    Block::ToolResult(result) => {
                        said.results.push((result.name.to_string(), words(&result.text())));
                    }
                    Block::Media(_) | Block::Reasoning { .. } | Block::Refusal(_) => {}
                }
            }
        }
        said
    }
}

/// Frames of a dialect's streams, each with its ending.
fn frames(dialect: Dialect) -> Vec<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = vec![b"\n".to_vec()];
    for folder in ["golden/streams", "streams"] {
        let entries = fs::read_dir(root.join(folder).join(dialect.as_str()));
        let mut paths: Vec<_> = entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
            let ending = if dialect == Dialect::Ollama { "\n" } else { "\n\n" };
            found.extend(text.split_inclusive(ending).map(|frame| frame.as_bytes().to_vec()));
        }
    }
    found
}

proptest! {
    #[test]
    fn decode_after_encode_is_the_identity_on_what_a_dialect_can_hold(conversation in conversation()) {
        for dialect in Dialect::ALL {
            let target = Target { max_output: Some(32_000), ..Target::new("m", "vendor", conversation.stream) };
            let sent = encode(dialect, &conversation, &target).body;
            let read = |body| decode(dialect, body, conversation.stream)
                .unwrap_or_else(|why| panic!("{dialect}: {why}\n{}", String::from_utf8_lossy(body)));
            let held = read(&sent);
            prop_assert_eq!(Said::by(&held), Said::by(&conversation), "{}", dialect);

            let again = encode(dialect, &held, &target).body;
            let mut twice = read(&again);
            twice.dropped.clone_from(&held.dropped);
            prop_assert_eq!(twice, held, "{}", dialect);
        }
    }

    // Readers that break the grammar of events panic in debug builds.
    #[test]
    fn frames_in_any_order_keep_the_grammar(
        from in proptest::sample::select(Dialect::ALL.to_vec()),
        to in proptest::sample::select(Dialect::ALL.to_vec()),
        order in proptest::collection::vec(any::<Index>(), 0..12),
        cut in any::<Index>(),
    ) {
        let frames = frames(from);
        let text: Bytes = order.iter().flat_map(|index| index.get(&frames).clone()).collect();
        let cut = cut.index(text.len() + 1);
        let translated = |chunks: &[Bytes]| {
            let mut translation = Translation::new(from, "vendor", to, Asked::default());
            let mut out = Vec::new();
            for chunk in chunks {
                for seen in translation.push(chunk.clone()).unwrap() {
                    out.extend_from_slice(&seen.raw);
                }
            }
            out.extend_from_slice(&translation.finish(&wire::Fault::new(wire::FaultKind::BadGateway, "It broke off.")).0);
            out
        };
        let whole = translated(std::slice::from_ref(&text));
        prop_assert_eq!(translated(&[text.slice(..cut), text.slice(cut..)]), whole);
        let mut collecting = Translation::collecting(from, "vendor");
        collecting.push(text).unwrap();
        let _ = collecting.into_reply();
    }
}
