//! Whole replies, not streamed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use wire::{Dialect, Report, Usage, read_reply};

fn read(dialect: Dialect, body: &str) -> Report {
    read_reply(dialect, body.as_bytes()).unwrap()
}

#[test]
fn a_chat_reply() {
    let report = read(
        Dialect::Chat,
        r#"{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4.1","choices":[{"index":0,
            "message":{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":
            {"name":"f","arguments":"{}"}}],"refusal":null,"annotations":[]},"logprobs":null,
            "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,
            "prompt_tokens_details":{"cached_tokens":4}},"service_tier":"default"}"#,
    );
    let usage = Usage { input: 6, cache_read: 4, cache_write: 0, output: 5, reasoning: None };
    assert_eq!(
        report,
        Report {
            usage: Some(usage),
            finish: "tool_calls".into(),
            id: "chatcmpl-1".into(),
            model: "gpt-4.1".into(),
            images: 0,
            cost: None,
            content: true,
            ended: true,
            slip: None,
            error: None,
        }
    );
}

#[test]
fn a_messages_reply() {
    let report = read(
        Dialect::Messages,
        r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hi"}],
            "stop_reason":"end_turn","stop_sequence":null,
            "usage":{"input_tokens":1,"cache_read_input_tokens":2,"cache_creation_input_tokens":3,"output_tokens":4}}"#,
    );
    let usage = Usage { input: 1, cache_read: 2, cache_write: 3, output: 4, reasoning: None };
    assert_eq!((report.usage, report.finish.as_str(), report.content), (Some(usage), "end_turn", true));
    assert!(report.ended && report.error.is_none());
}

#[test]
fn a_responses_reply() {
    let report = read(
        Dialect::Responses,
        r#"{"id":"resp_1","object":"response","status":"incomplete","error":null,"incomplete_details":{"reason":"max_output_tokens"},
            "model":"gpt-5.6","output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text",
            "text":"Hi"}]}],"text":{"format":{"type":"text"}},"usage":{"input_tokens":10,"input_tokens_details":
            {"cached_tokens":4},"output_tokens":5,"total_tokens":15}}"#,
    );
    let usage = Usage { input: 6, cache_read: 4, cache_write: 0, output: 5, reasoning: None };
    assert_eq!((report.usage, report.finish.as_str()), (Some(usage), "max_output_tokens"));
    assert_eq!((report.id.as_str(), report.model.as_str()), ("resp_1", "gpt-5.6"));
    assert!(report.content && report.ended && report.error.is_none());

    let empty = r#"{"object":"response","status":"completed","output":[{"type":"message","content":[]}],"text":{"format":{}}}"#;
    let report = read(Dialect::Responses, empty);
    assert!(!report.content && report.ended && report.error.is_none());

    for (body, message) in [
        (r#"{"status":"failed","error":{"code":"server_error","message":"Oops"},"output":[]}"#, "Oops"),
        (r#"{"error":{"message":"No credits"}}"#, "No credits"),
        (
            r#"{"detail":"Unsupported parameter: max_output_tokens"}"#,
            "Unsupported parameter: max_output_tokens",
        ),
        (r#"{"status":"failed","error":null}"#, "The provider reported an error without a message."),
    ] {
        let report = read(Dialect::Responses, body);
        assert_eq!(report.error.map(|error| error.message).as_deref(), Some(message), "{body}");
        assert!(!report.ended);
    }
}

#[test]
fn an_error_under_status_200_is_an_error() {
    for (dialect, body, message) in [
        (Dialect::Chat, r#"{"error":{"message":"No credits","code":402}}"#, "No credits"),
        (Dialect::Chat, r#"{"error":"overloaded"}"#, "overloaded"),
        (Dialect::Chat, r#"{"detail":"Not found"}"#, "Not found"),
        (Dialect::Chat, r#"{"object":"error","message":"too long","code":400}"#, "too long"),
        (
            Dialect::Chat,
            r#"{"choices":null,"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#,
            "rate limit",
        ),
        (Dialect::Chat, r#"{"code":500,"msg":"404 NOT_FOUND","success":false}"#, "404 NOT_FOUND"),
        (Dialect::Messages, r#"{"code":500,"msg":"404 NOT_FOUND","success":false}"#, "404 NOT_FOUND"),
        (Dialect::Messages, r#"{"type":"error","error":{"type":"api_error","message":"Oops"}}"#, "Oops"),
        (Dialect::Gemini, r#"{"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}}"#, "Busy"),
        (Dialect::Gemini, r#"{"code":500,"msg":"404 NOT_FOUND","success":false}"#, "404 NOT_FOUND"),
        (
            Dialect::Messages,
            r#"{"error":{}, "type":"error"}"#,
            "The provider reported an error without a message.",
        ),
    ] {
        let report = read(dialect, body);
        assert_eq!(report.error.map(|error| error.message).as_deref(), Some(message), "{body}");
        assert!(!report.ended);
    }
}

#[test]
fn an_empty_answer_is_told_apart() {
    for (dialect, body) in [
        (Dialect::Chat, "{}"),
        (
            Dialect::Chat,
            r#"{"error":null,"choices":[{"message":{"role":"assistant","content":""},"finish_reason":"stop"}]}"#,
        ),
        (Dialect::Messages, r#"{"type":"message","content":[],"stop_reason":"end_turn"}"#),
        (Dialect::Gemini, r#"{"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}]}"#),
        (
            Dialect::Gemini,
            r#"{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}"#,
        ),
        (Dialect::Gemini, r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#),
    ] {
        let report = read(dialect, body);
        assert!(report.error.is_none() && report.ended && !report.content, "{body}");
    }
}

#[test]
fn what_is_no_reply_is_refused_in_one_sentence() {
    for (body, sentence) in [
        ("", "The provider's reply is empty."),
        ("[]", "The provider's reply is not a JSON object."),
        ("<html>", "The provider's reply is not valid JSON: expected a value at line 1, column 1."),
        ("{\"id\":", "The provider's reply is not valid JSON: it ends too early, at line 1, column 7."),
    ] {
        assert_eq!(read_reply(Dialect::Chat, body.as_bytes()).unwrap_err().to_string(), sentence);
    }
}
