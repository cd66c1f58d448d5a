use super::super::framing::{event, events, exception, frame};
use super::super::{Broken, Frames};
use super::*;
use crate::Reply;
use crate::conversation::Block;
use crate::transcode::grammar::Grammar;

/// Events of a whole stream, held against the grammar.
fn told(bytes: &[u8]) -> Vec<Event> {
    let (mut frames, mut stream, mut out) = (Frames::new(), Stream::new("kiro"), Vec::new());
    frames.push(bytes);
    while let Some(frame) = frames.next_frame().unwrap() {
        stream.frame(&frame, &mut out);
    }
    assert_eq!(frames.end(), Ok::<(), Broken>(()));
    stream.end(&mut out);
    let mut grammar = Grammar::default();
    out.iter().for_each(|event| grammar.take(event).unwrap());
    out
}

fn reply(all: &[(&str, &str)]) -> Reply {
    Reply::collect(told(&events(all))).unwrap()
}

fn call(id: &str, name: &str, input: &str) -> Block<'static> {
    Block::ToolCall(crate::conversation::ToolCall {
        id: id.to_owned().into(),
        name: name.to_owned().into(),
        input: input.to_owned().into(),
        kind: ToolKind::Function,
        seal: None,
        cache: None,
    })
}

const TEXT: (&str, &str) = ("assistantResponseEvent", r#"{"content":"Reading it."}"#);
const ENDED: (&str, &str) = ("metadataEvent", r#"{"stopReason":"END_TURN"}"#);
const METER: (&str, &str) = ("meteringEvent", r#"{"unit":"credit","unitPlural":"credits","usage":0.022}"#);

#[test]
fn words_and_their_end() {
    let reply = reply(&[
        ("initial-response", r#"{"conversationId":""}"#),
        ("assistantResponseEvent", r#"{"content":"live-","modelId":"claude-sonnet-4.5"}"#),
        ("assistantResponseEvent", r#"{"content":""}"#),
        ("assistantResponseEvent", r#"{"content":"shaped"}"#),
        ("codeReferenceEvent", "not even JSON"),
        ENDED,
        ("contextUsageEvent", r#"{"contextUsagePercentage":4.93}"#),
        METER,
    ]);
    assert_eq!(reply.blocks, [Block::text("live-shaped")]);
    assert_eq!((reply.finish, reply.usage), (Finish::Stop, None), "no counts are made up");
}

#[test]
fn a_calls_input_comes_in_pieces() {
    let piece = |input: &str| format!(r#"{{"input":{input:?},"name":"fs_read","toolUseId":"tooluse_x"}}"#);
    let pieces = ["", r#"{"path":"#, r#" "C:\\tmp""#, "}"].map(piece);
    let mut all = vec![TEXT, ("toolUseEvent", r#"{"name":"fs_read","toolUseId":"tooluse_x"}"#)];
    all.extend(pieces.iter().map(|piece| ("toolUseEvent", piece.as_str())));
    all.extend([("toolUseEvent", r#"{"name":"fs_read","stop":true,"toolUseId":"tooluse_x"}"#), ENDED, METER]);
    let reply = reply(&all);
    let read = call("tooluse_x", "fs_read", r#"{"path": "C:\\tmp"}"#);
    assert_eq!(reply.blocks, [Block::text("Reading it."), read]);
    assert_eq!(reply.finish, Finish::ToolCalls, "though the turn is said to have ended");
}

#[test]
fn the_end_may_ride_on_the_last_piece_and_no_piece_is_no_input() {
    let reply = reply(&[
        ("toolUseEvent", r#"{"toolUseId":"tu-1","name":"fs_read","input":"{\"path\":","stop":false}"#),
        ("toolUseEvent", r#"{"toolUseId":"tu-1","name":"fs_read","input":"\"/tmp\"}","stop":true}"#),
        ("toolUseEvent", r#"{"toolUseId":"tu-1","name":"fs_read","input":"again","stop":true}"#),
        ("toolUseEvent", r#"{"toolUseId":"tu-2","name":"ls","stop":true}"#),
        ("metadataEvent", r#"{"stopReason":"TOOL_USE"}"#),
    ]);
    assert_eq!(reply.blocks, [call("tu-1", "fs_read", r#"{"path":"/tmp"}"#), call("tu-2", "ls", "")]);
    assert_eq!(reply.finish, Finish::ToolCalls);
}

#[test]
fn what_comes_within_a_call_waits_for_its_end() {
    let reply = reply(&[
        ("toolUseEvent", r#"{"toolUseId":"a","name":"one","input":"{"}"#),
        ("toolUseEvent", r#"{"toolUseId":"b","name":"two","input":"{"}"#),
        ("assistantResponseEvent", r#"{"content":"mean"}"#),
        ("assistantResponseEvent", r#"{"content":"while"}"#),
        ("toolUseEvent", r#"{"toolUseId":"c","name":"three","stop":true}"#),
        ("toolUseEvent", r#"{"toolUseId":"b","name":"two","input":"\"x\":"}"#),
        ("toolUseEvent", r#"{"toolUseId":"a","name":"one","input":"}","stop":true}"#),
        ("toolUseEvent", r#"{"toolUseId":"b","name":"two","input":"1}","stop":true}"#),
        ENDED,
    ]);
    let expected = [
        call("a", "one", "{}"),
        call("b", "two", r#"{"x":1}"#),
        Block::text("meanwhile"),
        call("c", "three", ""),
    ];
    assert_eq!(reply.blocks, expected);
}

#[test]
fn thoughts_keep_their_seals() {
    let reply = reply(&[
        ("reasoningContentEvent", r#"{"text":"weighing "}"#),
        ("reasoningContentEvent", r#"{"text":"it"}"#),
        ("reasoningContentEvent", r#"{"signature":"sig-abc"}"#),
        ("reasoningContentEvent", r#"{"text":"again"}"#),
        ("reasoningContentEvent", r#"{"redactedContent":"AAEC"}"#),
        TEXT,
        ENDED,
    ]);
    let seal =
        |data: &str| Seal { dialect: Dialect::Messages, issuer: "kiro".into(), data: data.to_owned().into() };
    let thought = |text: &str, seal| Block::Reasoning { text: text.to_owned().into(), seal, summary: false };
    let expected = [
        thought("weighing it", Some(seal("sig-abc"))),
        thought("again", None),
        thought("", Some(seal("redacted_thinking:AAEC"))),
        Block::text("Reading it."),
    ];
    assert_eq!(reply.blocks, expected);
}

#[test]
fn stated_counts_are_taken() {
    let counted = |usage: &str| {
        reply(&[TEXT, ("metadataEvent", &format!(r#"{{"stopReason":"END_TURN","tokenUsage":{usage}}}"#))])
            .usage
    };
    let usage = Usage { input: 10, output: 4, ..Usage::default() };
    assert_eq!(counted(r#"{"uncachedInputTokens":10,"outputTokens":4,"totalTokens":14}"#), Some(usage));
    let usage = Usage { input: 1, cache_read: 2, cache_write: 3, output: 4, reasoning: None };
    let stated =
        r#"{"uncachedInputTokens":1,"cacheReadInputTokens":2,"cacheWriteInputTokens":3,"outputTokens":4}"#;
    assert_eq!(counted(stated), Some(usage));
    assert_eq!(counted("{}"), None);
}

#[test]
fn reasons_to_end() {
    for (reason, plain, with_call) in [
        ("END_TURN", Finish::Stop, Finish::ToolCalls),
        ("TOOL_USE", Finish::Stop, Finish::ToolCalls),
        ("UNKNOWN", Finish::Stop, Finish::ToolCalls),
        ("PAUSE_TURN", Finish::Paused, Finish::ToolCalls),
        ("MAX_TOKENS", Finish::Length, Finish::Length),
        ("MODEL_CONTEXT_WINDOW_EXCEEDED", Finish::Window, Finish::Window),
        ("CONTENT_FILTERED", Finish::Filtered, Finish::Filtered),
        ("NEWER", Finish::Other("NEWER".to_owned()), Finish::ToolCalls),
    ] {
        let ended = ("metadataEvent", &*format!(r#"{{"stopReason":"{reason}"}}"#));
        let called = ("toolUseEvent", r#"{"toolUseId":"a","name":"ls","stop":true}"#);
        assert_eq!(reply(&[TEXT, ended]).finish, plain);
        assert_eq!(reply(&[TEXT, called, ended]).finish, with_call);
    }
    let filtered = reply(&[("metadataEvent", r#"{"stopReason":"CONTENT_FILTERED"}"#)]);
    assert_eq!((filtered.blocks.len(), filtered.finish), (0, Finish::Filtered), "with nothing before it");
}

#[test]
fn a_stream_without_its_end_has_no_finish() {
    let finished = |all: &[(&str, &str)]| {
        told(&events(all)).iter().any(|event| matches!(event, Event::Finish(_) | Event::Error(_)))
    };
    let half = ("toolUseEvent", r#"{"toolUseId":"a","name":"ls","input":"{\"p\":"}"#);
    assert!(!finished(&[TEXT]), "at a frame's boundary");
    assert!(!finished(&[TEXT, ("contextUsageEvent", r#"{"contextUsagePercentage":4.93}"#)]));
    assert!(!finished(&[TEXT, half]));
    assert!(!finished(&[TEXT, half, ENDED, METER]), "half a call is not made");
    assert!(!finished(&[]));
    assert!(finished(&[TEXT, METER]), "an older service tells no more");
    assert!(finished(&[TEXT, ("metadataEvent", "?")]), "whatever it says besides");
    let cut = told(&events(&[TEXT, half, ("metadataEvent", r#"{"stopReason":"MAX_TOKENS"}"#)]));
    assert_eq!(cut.last(), Some(&Event::Finish(Finish::Length)), "where the limit is said to be the reason");
}

#[test]
fn a_call_that_cannot_be_read_is_an_error() {
    for input in ["{\"p\":", "[1]", "7", "{} {}"] {
        let called = format!(r#"{{"toolUseId":"a","name":"ls","input":{input:?},"stop":true}}"#);
        let all = told(&events(&[TEXT, ("toolUseEvent", &called), ENDED]));
        let Some(Event::Error(error)) = all.last() else { panic!("{all:?}") };
        assert_eq!(error.message, "The model called the tool \"ls\" with arguments that are no JSON object.");
        let limit = ("metadataEvent", r#"{"stopReason":"MAX_TOKENS"}"#);
        assert_eq!(reply(&[TEXT, ("toolUseEvent", &called), limit]).finish, Finish::Length);
    }
    let nameless = told(&events(&[("toolUseEvent", r#"{"toolUseId":"a","input":"{}"}"#), ENDED]));
    assert!(matches!(nameless.last(), Some(Event::Error(_))));
}

#[test]
fn an_exception_ends_the_stream() {
    for (name, payload, code) in [
        ("throttlingError", r#"{"message":"slow down"}"#, "throttlingError"),
        (
            "ThrottlingException",
            r#"{"message":"slow down","reason":"USER_REQUEST_RATE_EXCEEDED"}"#,
            "USER_REQUEST_RATE_EXCEEDED",
        ),
    ] {
        let bytes = [events(&[TEXT]), exception(name, payload), events(&[TEXT, ENDED])].concat();
        let error = ProviderError {
            message: "slow down".to_owned(),
            code: code.to_owned(),
            kind: "rate_limit_error".to_owned(),
            status: Some(429),
        };
        assert_eq!(told(&bytes).last(), Some(&Event::Error(error)));
    }
    let headers = [(":message-type", "error"), (":error-code", "Internal"), (":error-message", "lost")];
    let Some(Event::Error(error)) = told(&frame(&headers, "")).pop() else { panic!() };
    assert_eq!((error.message.as_str(), error.status), ("lost", Some(500)));
    let invalid = event("invalidStateEvent", r#"{"reason":"INVALID_TASK_ASSIST_PLAN","message":"no plan"}"#);
    let Some(Event::Error(error)) = told(&invalid).pop() else { panic!() };
    assert_eq!((error.message.as_str(), error.code.as_str()), ("no plan", "INVALID_TASK_ASSIST_PLAN"));
    let garbled = told(&event("assistantResponseEvent", "{"));
    assert!(matches!(garbled[..], [Event::Error(_)]), "words that cannot be read are not left out");
}
