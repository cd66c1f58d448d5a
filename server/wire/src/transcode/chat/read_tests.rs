use super::*;
use crate::conversation::{Block, ToolKind};
use crate::transcode::read_whole as read_reply;
use crate::{Event, Opening};

/// The events of a stream of deltas, each with its finish reason if it has one. Every grammar is checked.
fn events(chunks: &[&str]) -> Vec<Event> {
    let mut reader = Reader::new("acme");
    let mut out = Vec::new();
    for chunk in chunks {
        if *chunk == "[DONE]" {
            reader.done(&mut out);
            continue;
        }
        let chunk = if chunk.starts_with("{\"choices") {
            (*chunk).to_owned()
        } else {
            format!(r#"{{"id":"r","model":"m","choices":[{{"index":0,"delta":{chunk}}}]}}"#)
        };
        let body = Node::parse(&chunk).unwrap().object(&Path::Root).unwrap();
        reader.document("", body, &mut out);
    }
    reader.end(&mut out);
    grammar(&out);
    out
}

fn grammar(events: &[Event]) {
    let (mut open, mut ended) = (false, false);
    for (at, event) in events.iter().enumerate() {
        assert!(!ended, "nothing follows the finish");
        match event {
            Event::Start { .. } => assert_eq!(at, 0),
            Event::Open(_) => assert!(!std::mem::replace(&mut open, true), "one block is open at a time"),
            Event::Piece(piece) => assert!(open && !piece.is_empty()),
            Event::Seal(_) => assert!(open),
            Event::Close => assert!(std::mem::take(&mut open)),
            Event::Finish(_) => ended = !open,
            Event::Usage(_) | Event::Error(_) => panic!("not a reader's"),
        }
    }
    assert!(!open);
}

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

/// The calls of a stream: id, name, input.
fn calls(chunks: &[&str]) -> Vec<(String, String, String)> {
    let mut chunks = chunks.to_vec();
    chunks.push(STOP);
    let reply = Reply::collect(events(&chunks)).unwrap();
    let calls = reply.blocks.into_iter().filter_map(|block| match block {
        Block::ToolCall(call) => Some((call.id.into(), call.name.into(), call.input.into())),
        _ => None,
    });
    calls.collect()
}

/// The same as texts: `id name input`.
fn told(chunks: &[&str]) -> Vec<String> {
    calls(chunks).into_iter().map(|(id, name, input)| format!("{id} {name} {input}")).collect()
}

/// A piece of a call; an empty text leaves the member out.
fn piece(index: &str, id: &str, name: &str, arguments: &str) -> String {
    let member = |key: &str, value: &str| match value {
        "" => String::new(),
        value => format!("\"{key}\":{value},"),
    };
    let quoted = |text: &str| if text.is_empty() { String::new() } else { format!("{text:?}") };
    format!(
        r#"{{"tool_calls":[{{{}{}"function":{{{}"arguments":{arguments:?}}}}}]}}"#,
        member("index", index),
        member("id", &quoted(id)),
        member("name", &quoted(name)),
    )
}

fn pieces(pieces: &[(&str, &str, &str, &str)]) -> Vec<String> {
    let pieces: Vec<String> =
        pieces.iter().map(|(index, id, name, input)| piece(index, id, name, input)).collect();
    told(&pieces.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn calls_are_told_apart_however_they_are_numbered() {
    let both = ["a ls {\"x\":1}", "b ls {\"y\":2}"];
    // As OpenAI has it.
    let openai =
        [("0", "a", "ls", ""), ("0", "", "", "{\"x\":1}"), ("1", "b", "ls", ""), ("1", "", "", "{\"y\":2}")];
    assert_eq!(pieces(&openai), both);
    // Interleaved: the second waits until the first is whole.
    let interleaved =
        [("0", "a", "ls", "{\"x\""), ("1", "b", "ls", "{\"y\""), ("0", "", "", ":1}"), ("1", "", "", ":2}")];
    assert_eq!(pieces(&interleaved), both);
    // Without an index (Gemini's own endpoint; openai/openai-python#2806).
    assert_eq!(pieces(&[("", "a", "ls", "{\"x\":1}"), ("", "b", "ls", "{\"y\":2}")]), both);
    assert_eq!(pieces(&[("", "a", "ls", "{\"x\""), ("", "", "", ":1}"), ("", "b", "ls", "{\"y\":2}")]), both);
    // One index for all (Ollama; vercel/ai#14277).
    assert_eq!(pieces(&[("0", "a", "ls", "{\"x\":1}"), ("0", "b", "ls", "{\"y\":2}")]), both);
    // The second head under the first index, its tail under its own (agno-agi/agno#8880, 2026-07-10).
    let astray = [("0", "a", "ls", "{\"x\":1}"), ("0", "b", "ls", "{\"y\""), ("1", "", "", ":2}")];
    assert_eq!(pieces(&astray), both);
    // The index counts on within a call (dirac-run/dirac#215, 2026-09-03).
    assert_eq!(pieces(&[("0", "a", "ls", "{\"x\""), ("1", "", "", ":"), ("2", "", "", "1}")]), both[..1]);
}

#[test]
fn ids_and_names_may_be_repeated_or_split() {
    let one = ["a read_file {\"x\":1}"];
    let repeated = [("0", "a", "read_file", "{\"x\""), ("0", "a", "read_file", ":1}")];
    assert_eq!(pieces(&repeated), one);
    // Another id with every piece (old vLLM).
    assert_eq!(pieces(&[("0", "a", "read_file", "{\"x\""), ("0", "b", "", ":1}")]), one);
    // A name in pieces (NVIDIA-NeMo/Switchyard#785), or all of it so far.
    assert_eq!(pieces(&[("0", "a", "read_", ""), ("0", "", "file", ""), ("0", "", "", "{\"x\":1}")]), one);
    assert_eq!(pieces(&[("0", "a", "read_", ""), ("0", "", "read_file", "{\"x\":1}")]), one);
    // Arguments before the name (vercel/ai#5885).
    assert_eq!(pieces(&[("0", "a", "", "{\"x\""), ("0", "", "read_file", ":1}")]), one);
    assert_eq!(pieces(&[("", "a", "", "{\"x\""), ("", "", "read_file", ":1}")]), one);
}

#[test]
fn arguments_may_be_missing_repeated_or_no_text() {
    assert_eq!(pieces(&[("0", "a", "now", ""), ("1", "b", "now", "")]), ["a now ", "b now "]);
    // Stated again when they are whole.
    assert_eq!(
        pieces(&[("0", "a", "ls", "{\"x\""), ("0", "", "", ":1}"), ("0", "a", "ls", "{\"x\":1}")]),
        ["a ls {\"x\":1}"]
    );
    // Stated again when the next call has begun.
    assert_eq!(
        pieces(&[
            ("0", "a", "ls", "{\"x\":1}"),
            ("1", "b", "ls", "{\"y\""),
            ("0", "a", "ls", "{\"x\":1}"),
            ("1", "", "", ":2}")
        ]),
        ["a ls {\"x\":1}", "b ls {\"y\":2}"]
    );
    // `{}` first, the true ones after it.
    assert_eq!(
        pieces(&[("0", "a", "ls", "{}"), ("0", "", "", "{\"x\""), ("0", "", "", ":1}")]),
        ["a ls {\"x\":1}"]
    );
    assert_eq!(pieces(&[("0", "a", "ls", "{}")]), ["a ls {}"]);
    let object = r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"ls","arguments":{"x":1.0}}}]}"#;
    assert_eq!(told(&[object]), ["a ls {\"x\":1.0}"]);
    // Nobody can call what has no name.
    assert_eq!(pieces(&[("0", "a", "", "{}")]), Vec::<String>::new());
}

#[test]
fn calls_without_ids_get_some_that_differ_from_turn_to_turn() {
    let chunk = r#"{"tool_calls":[{"function":{"name":"ls","arguments":"{\"x\":1}"}},{"function":{"name":"ls","arguments":"{}"}}]}"#;
    let one = calls(&[chunk]);
    assert_eq!(one.len(), 2);
    assert_ne!(one[0].0, one[1].0);
    assert_eq!(one, calls(&[chunk]));
    let other = format!(r#"{{"choices":[{{"index":0,"delta":{chunk}}}],"id":"another"}}"#);
    assert_ne!(one[0].0, calls(&[&other])[0].0);
}

#[test]
fn arguments_stream_as_they_come() {
    let (head, tail) = (piece("0", "a", "ls", "{\"x\""), piece("0", "", "", ":1}"));
    let out = events(&[&head, &tail, STOP, "[DONE]"]);
    let kind = ToolKind::Function;
    assert_eq!(
        out[1..],
        [
            Event::Open(Opening::ToolCall { id: "a".into(), name: "ls".into(), kind }),
            Event::Piece("{\"x\"".into()),
            Event::Piece(":1}".into()),
            Event::Close,
            Event::Finish(Finish::ToolCalls),
        ]
    );
}

#[test]
fn text_after_an_unfinished_call_waits() {
    let (head, tail) = (piece("0", "a", "ls", "{\"x\""), piece("0", "", "", ":1}"));
    let reply =
        Reply::collect(events(&[&head, r#"{"content":"so"}"#, &tail, r#"{"content":" be it"}"#, STOP]))
            .unwrap();
    assert_eq!(reply.blocks.len(), 2);
    assert_eq!(reply.blocks[1], Block::text("so be it"));
}

#[test]
fn reasoning_told_twice_is_told_once() {
    let thoughts = |chunks: &[&str]| {
        let mut chunks = chunks.to_vec();
        chunks.push(STOP);
        Reply::collect(events(&chunks)).unwrap().blocks
    };
    let plain = |text: &'static str| Block::Reasoning { text: text.into(), seal: None, summary: false };
    // MoonshotAI/kimi-code#3928.
    let both = r#"{"reasoning":"so","reasoning_content":"so"}"#;
    assert_eq!(thoughts(&[both, both]), [plain("soso")]);
    assert_eq!(thoughts(&[r#"{"reasoning":"a"}"#, r#"{"reasoning":"b"}"#]), [plain("ab")]);
    // The words in one member, the proof in another.
    let proof =
        r#"{"reasoning":"","reasoning_details":[{"type":"reasoning.text","signature":"s","index":0}]}"#;
    let blocks = thoughts(&[r#"{"reasoning":"why"}"#, proof]);
    let [Block::Reasoning { text, seal: Some(seal), .. }] = blocks.as_slice() else { panic!("{blocks:?}") };
    assert_eq!((text.as_ref(), seal.issuer.as_ref()), ("why", "acme"));
    assert_eq!(seal.data, r#"[{"type":"reasoning.text","signature":"s","index":0}]"#);
}

#[test]
fn a_signature_that_comes_late_takes_its_words_along() {
    let blocks = Reply::collect(events(&[
        r#"{"reasoning_details":[{"type":"reasoning.text","text":"why","index":0}]}"#,
        r#"{"content":"So"}"#,
        r#"{"reasoning_details":[{"type":"reasoning.text","signature":"s","index":0}]}"#,
        r#"{"content":"."}"#,
        STOP,
    ]))
    .unwrap()
    .blocks;
    assert_eq!(blocks.len(), 4);
    let Block::Reasoning { text, seal: Some(seal), .. } = &blocks[2] else { panic!("{blocks:?}") };
    assert_eq!(text, "");
    assert_eq!(seal.data, r#"[{"type":"reasoning.text","text":"why","signature":"s","index":0}]"#);
}

#[test]
fn gemini_seals_calls_and_texts() {
    let by_google = r#"{"tool_calls":[{"id":"a","function":{"name":"ls","arguments":"{\"x\":1}"},"extra_content":{"google":{"thought_signature":"Ej"}}}]}"#;
    let by_openrouter = [
        r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"ls","arguments":"{\"x\":1}"}}]}"#,
        r#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"Ej","id":"a","format":"google-gemini-v1","index":0}]}"#,
    ];
    let seal = |chunks: &[&str]| {
        let mut chunks = chunks.to_vec();
        chunks.push(STOP);
        match Reply::collect(events(&chunks)).unwrap().blocks.as_slice() {
            [Block::ToolCall(call)] => call.seal.clone().unwrap(),
            [Block::Text { seal, .. }] => seal.clone().unwrap(),
            blocks => panic!("{blocks:?}"),
        }
    };
    let google = Seal { dialect: Dialect::Gemini, issuer: "acme".into(), data: "Ej".into() };
    assert_eq!(seal(&[by_google]), google);
    assert_eq!(seal(&by_openrouter).dialect, Dialect::Chat);
    // In a chunk of its own, at the end.
    let late = [r#"{"content":"x"}"#, r#"{"extra_content":{"google":{"thought_signature":"Ej"}}}"#];
    assert_eq!(seal(&late), google);
}

#[test]
fn reasons_to_end() {
    let finish = |chunks: &[&str]| match events(chunks).pop() {
        Some(Event::Finish(finish)) => Some(finish),
        _ => None,
    };
    let reason = |word: &str| {
        let chunk = format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":{word:?}}}]}}"#);
        finish(&[r#"{"content":"x"}"#, &chunk]).unwrap()
    };
    assert_eq!(reason("stop"), Finish::Stop);
    assert_eq!(reason("length"), Finish::Length);
    assert_eq!(reason("model_context_window_exceeded"), Finish::Window);
    assert_eq!(reason("sensitive"), Finish::Filtered);
    assert_eq!(reason("insufficient_system_resource"), Finish::Other("insufficient_system_resource".into()));
    // Calls announced and never made; calls made and not announced.
    assert_eq!(reason("tool_calls"), Finish::Stop);
    let call = piece("0", "a", "ls", "{}");
    assert_eq!(finish(&[&call, STOP]), Some(Finish::ToolCalls));
    // The first one stands (CLIProxyAPI#876).
    let length = r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#;
    assert_eq!(finish(&[length, STOP, "[DONE]"]), Some(Finish::Length));
    assert_eq!(finish(&[r#"{"refusal":"no"}"#, STOP]), Some(Finish::Refused));
    // `[DONE]` is an end; a stream that just stops is none.
    assert_eq!(finish(&[r#"{"content":"x"}"#, "[DONE]"]), Some(Finish::Stop));
    assert_eq!(finish(&[r#"{"content":"x"}"#]), None);
    assert_eq!(finish(&["[DONE]"]), None);
}

#[test]
fn blank_text_before_a_call_says_nothing() {
    let call = piece("0", "a", "ls", "{\"x\":1}");
    let reply = Reply::collect(events(&[r#"{"content":"\n\n"}"#, &call, STOP])).unwrap();
    assert_eq!(reply.blocks.len(), 1);
    let reply = Reply::collect(events(&[r#"{"content":"\n"}"#, r#"{"content":"x"}"#, STOP])).unwrap();
    assert_eq!(reply.blocks, [Block::text("\nx")]);
}

#[test]
fn the_whole_answer_said_again_is_not_told_again() {
    let again =
        r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}"#;
    let reply = Reply::collect(events(&[r#"{"content":"x"}"#, again])).unwrap();
    assert_eq!(reply.blocks, [Block::text("x")]);
    assert_eq!(Reply::collect(events(&[again])).unwrap().blocks, [Block::text("x")]);
}

#[test]
fn custom_calls_are_read_though_no_schema_has_them() {
    // openai/openai-openapi#576, 2026-09-06.
    let blocks = Reply::collect(events(&[
        r#"{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"patch","input":"*** "}}]}"#,
        r#"{"tool_calls":[{"index":0,"custom":{"input":"Begin"}}]}"#,
        STOP,
    ]))
    .unwrap()
    .blocks;
    let [Block::ToolCall(call)] = blocks.as_slice() else { panic!("{blocks:?}") };
    assert_eq!((call.kind, call.input.as_ref()), (ToolKind::Custom, "*** Begin"));
}

#[test]
fn a_whole_reply_without_an_answer_is_none() {
    let fault = |body: &str| read_reply(Dialect::Chat, body.as_bytes(), "").unwrap_err().to_string();
    assert_eq!(fault(r#"{"choices":[]}"#), "`choices` of the provider's reply holds no answer.");
    let reply = read_reply(Dialect::Chat, br#"{"choices":[{"message":{"content":[]}}]}"#, "").unwrap();
    assert_eq!((reply.blocks.len(), reply.finish), (0, Finish::Stop));
}

#[test]
fn two_calls_of_one_tool_in_a_whole_reply_are_two() {
    let body = br#"{"choices":[{"message":{"tool_calls":[{"function":{"name":"now","arguments":"{}"}},
        {"function":{"name":"now","arguments":{}}}]},"finish_reason":"tool_calls"}]}"#;
    assert_eq!(read_reply(Dialect::Chat, body, "").unwrap().blocks.len(), 2);
}
