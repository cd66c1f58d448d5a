use super::super::framing::{event, events, exception, raw};
use super::*;
use crate::transcode::messages::well_formed;
use crate::{Dialect, Fault, FaultKind, Kind, Translation};
use proptest::prelude::*;

/// The name that Kiro is told for `fs.read`.
fn named() -> (String, Names) {
    let mut names = Names::default();
    let sent = names.send("fs.read", 64, |char| char.is_ascii_alphanumeric()).into_owned();
    (sent, names)
}

fn relay() -> Relay {
    Relay::new("0a", "claude-sonnet-4.5", "kiro", named().1)
}

/// What came out, and how it ended.
fn told(chunks: &[&[u8]]) -> (String, Result<(), Broken>) {
    let mut relay = relay();
    let mut out = Vec::new();
    let mut end = Ok(());
    for chunk in chunks {
        match relay.push(chunk) {
            Ok(bytes) => out.extend_from_slice(&bytes),
            Err(broken) => end = Err(broken),
        }
    }
    match relay.finish() {
        Ok(bytes) => out.extend_from_slice(&bytes),
        Err(broken) => end = Err(broken),
    }
    let text = String::from_utf8(out).unwrap();
    if !text.is_empty() && text.starts_with("event: message_start") {
        well_formed(&text, "relay");
    }
    (text, end)
}

fn recorded() -> Vec<u8> {
    let (sent, _) = named();
    let called = |rest: &str| format!(r#"{{"name":{sent:?},"toolUseId":"tooluse_x"{rest}}}"#);
    let (start, first, last, stop) = (
        called(""),
        called(r#","input":"{\"path\":""#),
        called(r#","input":" \"/tmp\"}""#),
        called(r#","stop":true"#),
    );
    events(&[
        ("initial-response", r#"{"conversationId":""}"#),
        ("reasoningContentEvent", r#"{"text":"weighing it"}"#),
        ("reasoningContentEvent", r#"{"signature":"sig-abc"}"#),
        ("assistantResponseEvent", r#"{"content":"Reading it.","modelId":"claude-sonnet-4.5"}"#),
        ("toolUseEvent", &start),
        ("toolUseEvent", &first),
        ("toolUseEvent", &last),
        ("toolUseEvent", &stop),
        ("metadataEvent", r#"{"stopReason":"END_TURN"}"#),
        ("contextUsageEvent", r#"{"contextUsagePercentage":0.226}"#),
        ("meteringEvent", r#"{"unit":"credit","unitPlural":"credits","usage":0.05}"#),
    ])
}

#[test]
fn a_reply_is_a_messages_stream() {
    let (text, end) = told(&[&recorded()]);
    assert_eq!(end, Ok(()));
    insta::assert_snapshot!(text, @r#"
    event: message_start
    data: {"type":"message_start","message":{"id":"msg_0a","type":"message","role":"assistant","model":"claude-sonnet-4.5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}

    event: ping
    data: {"type":"ping"}

    event: content_block_start
    data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"weighing it"}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"NinerouterSeal01bWVzc2FnZXMKa2lybwpzaWctYWJj"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":0}

    event: content_block_start
    data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Reading it."}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":1}

    event: content_block_start
    data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"tooluse_x","name":"fs.read","input":{}}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"path\":"}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":" \"/tmp\"}"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":2}

    event: message_delta
    data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}

    event: message_stop
    data: {"type":"message_stop"}
    "#);
}

#[test]
fn a_client_of_another_dialect_reads_it() {
    let (text, _) = told(&[&recorded()]);
    let mut translation = Translation::collecting(Dialect::Messages, "kiro");
    translation.push(text.into()).unwrap();
    let (reply, report) = translation.into_reply();
    let reply = reply.unwrap();
    assert_eq!((reply.blocks.len(), reply.finish, reply.usage), (3, crate::Finish::ToolCalls, None));
    assert!(report.ended && report.content && report.usage.is_none());
}

#[test]
fn an_exception_is_the_streams_error() {
    let bytes = [
        event("assistantResponseEvent", r#"{"content":"partial"}"#),
        exception(
            "ThrottlingException",
            r#"{"message":"Too many requests","reason":"USER_REQUEST_RATE_EXCEEDED"}"#,
        ),
    ]
    .concat();
    let (text, end) = told(&[&bytes, &recorded()]);
    assert_eq!(end, Ok(()), "the client has been told");
    let last = text.trim_end().rsplit("\n\n").next().unwrap();
    insta::assert_snapshot!(last, @r#"
    event: error
    data: {"type":"error","error":{"type":"rate_limit_error","message":"Too many requests","code":"USER_REQUEST_RATE_EXCEEDED"}}
    "#);
    let mut translation = Translation::new(Dialect::Messages, "kiro", Dialect::Chat, crate::Asked::default());
    let seen = translation.push(text.into()).unwrap();
    let Some(Kind::Error(error)) = seen.last().map(|seen| &seen.kind) else { panic!() };
    assert_eq!(
        (error.message.as_str(), error.code.as_str()),
        ("Too many requests", "USER_REQUEST_RATE_EXCEEDED")
    );
    let _ = translation.finish(&Fault::new(FaultKind::BadGateway, "cut"));
}

#[test]
fn a_stream_cut_off_anywhere_is_never_a_success() {
    let whole = recorded();
    let mut ends: Vec<usize> = Vec::new();
    while ends.last().copied().unwrap_or(0) < whole.len() {
        let at = ends.last().copied().unwrap_or(0);
        ends.push(at + u32::from_be_bytes(whole[at..at + 4].try_into().unwrap()) as usize);
    }
    // From `metadataEvent` on the reply is whole.
    let enough = ends[8];
    for cut in 0..whole.len() {
        let (text, end) = told(&[&whole[..cut]]);
        let success = cut >= enough && ends.contains(&cut);
        assert_eq!(end, if success { Ok(()) } else { Err(Broken::CutOff) }, "cut at {cut}");
        assert_eq!(text.contains("message_stop"), success, "cut at {cut}");
    }
}

#[test]
fn what_came_before_the_damage_is_told() {
    let mut bytes = events(&[
        ("assistantResponseEvent", r#"{"content":"good"}"#),
        ("metadataEvent", r#"{"stopReason":"END_TURN"}"#),
    ]);
    *bytes.last_mut().unwrap() ^= 1;
    let mut relay = relay();
    assert!(String::from_utf8_lossy(&relay.push(&bytes).unwrap()).contains("good"));
    assert_eq!(relay.push(b""), Err(Broken::Damaged));
    assert_eq!(relay.finish(), Err(Broken::Damaged));
    let (text, end) = told(&[br#"{"message":"not a stream at all"}"#]);
    assert_eq!((text.as_str(), end), ("", Err(Broken::Damaged)));
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_stream(cuts in proptest::collection::vec(0_usize..3000, 0..12)) {
        let whole = recorded();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(whole.len())).collect();
        cuts.extend([0, whole.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &whole[pair[0]..pair[1]]).collect();
        prop_assert_eq!(told(&chunks), told(&[&whole]));
    }

    #[test]
    fn any_bytes_are_relayed_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_, end) = told(&[&bytes]);
        prop_assert!(end.is_err());
        let _ = told(&[&raw(&bytes, &bytes)]);
    }

    #[test]
    fn any_events_make_a_well_formed_stream(
        all in proptest::collection::vec((0_usize..8, 0_usize..4, "[{}\":a ]{0,4}", any::<bool>()), 0..20),
    ) {
        let bytes: Vec<u8> = all
            .into_iter()
            .flat_map(|(kind, id, text, flag)| match kind {
                0 => event("assistantResponseEvent", &format!(r#"{{"content":{text:?}}}"#)),
                1 => event("reasoningContentEvent", &format!(r#"{{"text":{text:?}}}"#)),
                2 => event("reasoningContentEvent", &format!(r#"{{"signature":{text:?}}}"#)),
                3 => event("reasoningContentEvent", &format!(r#"{{"redactedContent":{text:?}}}"#)),
                4 => event("metadataEvent", r#"{"stopReason":"END_TURN"}"#),
                5 => event(&text, &text),
                _ => event(
                    "toolUseEvent",
                    &format!(r#"{{"toolUseId":"t{id}","name":"n{id}","input":{text:?},"stop":{flag}}}"#),
                ),
            })
            .collect();
        // The grammar is checked within.
        let _ = told(&[&bytes]);
    }
}
