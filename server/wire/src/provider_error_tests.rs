use super::*;

fn read(body: &str) -> (String, String, String, Option<u16>) {
    let error = read_error(body.as_bytes());
    (error.message, error.code, error.kind, error.status)
}

#[test]
fn every_shape_vendors_use() {
    for (vendor, body, message, code, kind, status) in [
        (
            "OpenAI",
            r#"{"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
            "Rate limit reached",
            "rate_limit_exceeded",
            "tokens",
            None,
        ),
        (
            "Anthropic",
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#,
            "Overloaded",
            "",
            "overloaded_error",
            None,
        ),
        (
            "Google",
            r#"{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[]}}"#,
            "Quota exceeded",
            "429",
            "RESOURCE_EXHAUSTED",
            Some(429),
        ),
        (
            "Google's OpenAI endpoint",
            r#"[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]"#,
            "API key not valid.",
            "400",
            "INVALID_ARGUMENT",
            Some(400),
        ),
        (
            "OpenRouter",
            r#"{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"{\"error\":{\"message\":\"overheated\"}}","provider_name":"X"}},"user_id":"u"}"#,
            "Provider returned error: overheated",
            "502",
            "",
            Some(502),
        ),
        (
            "OpenRouter mid-stream",
            r#"{"id":"gen-1","object":"chat.completion.chunk","provider":"X","error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#,
            "Provider disconnected",
            "server_error",
            "",
            None,
        ),
        (
            "choice error",
            r#"{"choices":[{"error":{"code":502,"message":"cut"}}]}"#,
            "cut",
            "502",
            "",
            Some(502),
        ),
        ("text", r#"{"error":"model not found"}"#, "model not found", "", "", None),
        (
            "OAuth",
            r#"{"error":"invalid_grant","error_description":"Token expired"}"#,
            "Token expired",
            "",
            "invalid_grant",
            None,
        ),
        (
            "Spring (Z.ai)",
            r#"{"timestamp":"2026-01-01","status":404,"error":"Not Found","path":"/v4/x"}"#,
            "Not Found",
            "",
            "",
            Some(404),
        ),
        (
            "Z.ai",
            r#"{"error":{"code":"1302","message":"High concurrency"}}"#,
            "High concurrency",
            "1302",
            "",
            None,
        ),
        (
            "Z.ai gateway",
            r#"{"code":1001,"msg":"Header empty","success":false}"#,
            "Header empty",
            "1001",
            "",
            None,
        ),
        ("message", r#"{"message":"Unauthorized","status_code":401}"#, "Unauthorized", "", "", Some(401)),
        (
            "xAI",
            r#"{"code":"Some resource has been exhausted","error":"You have used all credits"}"#,
            "You have used all credits",
            "Some resource has been exhausted",
            "",
            None,
        ),
        ("FastAPI text", r#"{"detail":"Not authenticated"}"#, "Not authenticated", "", "", None),
        (
            "FastAPI list",
            r#"{"detail":[{"loc":["body","model"],"msg":"field required","type":"value_error.missing"}]}"#,
            "field required",
            "",
            "value_error.missing",
            None,
        ),
        ("Codex", r#"{"detail":{"code":"deactivated_workspace"}}"#, "", "deactivated_workspace", "", None),
        (
            "Mistral",
            r#"{"object":"error","message":{"detail":[{"type":"missing","msg":"Field required"}]},"type":"invalid_request_error","param":null,"code":null}"#,
            "Field required",
            "",
            "missing",
            None,
        ),
        (
            "vLLM",
            r#"{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}"#,
            "too long",
            "400",
            "BadRequestError",
            Some(400),
        ),
        (
            "Cloudflare",
            r#"{"success":false,"errors":[{"code":7009,"message":"No route"}],"messages":[],"result":null}"#,
            "No route",
            "7009",
            "",
            None,
        ),
        (
            "MiniMax",
            r#"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
            "insufficient balance",
            "1008",
            "",
            None,
        ),
        (
            "Responses",
            r#"{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_is_overloaded","message":"Busy"}}}"#,
            "Busy",
            "server_is_overloaded",
            "failed",
            None,
        ),
        (
            "AWS",
            r#"{"__type":"ThrottlingException","message":"Too many requests"}"#,
            "Too many requests",
            "ThrottlingException",
            "",
            None,
        ),
        (
            "JSON in JSON",
            r#"{"error":{"message":"{\"error\":{\"message\":\"inner\",\"code\":\"x\"}}"}}"#,
            "inner",
            "x",
            "",
            None,
        ),
        (
            "event",
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"Oops\"}}\n\n",
            "Oops",
            "",
            "api_error",
            None,
        ),
        (
            "HTML",
            "<!DOCTYPE html>\n<html><HEAD><title>502 Bad\n Gateway</title></head><body><h1>x</h1></body></html>",
            "502 Bad Gateway",
            "",
            "",
            None,
        ),
        ("HTML without a title", "<html><body><h1 class=a>Nope</h1></body></html>", "Nope", "", "", None),
        ("HTML without anything", "<html></html>", "an HTML page without a title", "", "", None),
        (
            "plain text",
            " upstream connect error\r\n or disconnect ",
            "upstream connect error or disconnect",
            "",
            "",
            None,
        ),
        ("a string", r#""no""#, "no", "", "", None),
        ("nothing", "", "", "", "", None),
        ("an empty object", "{}", "", "", "", None),
        ("a number", "7", "", "", "", None),
        ("an empty error", r#"{"error":{}}"#, "", "", "", None),
    ] {
        let expected = (message.to_owned(), code.to_owned(), kind.to_owned(), status);
        assert_eq!(read(body), expected, "{vendor}");
    }
}

#[test]
fn long_messages_are_cut_between_characters() {
    let error = read_error(format!("{{\"error\":\"{}\"}}", "é ".repeat(5000)).as_bytes());
    assert!(error.message.ends_with('…'));
    assert!(error.message.chars().count() <= MESSAGE_LIMIT + 1);
    assert!(read_error(&b"\xC3".repeat(200_000)).message.chars().count() <= MESSAGE_LIMIT + 1);
}

#[test]
fn nesting_is_followed_only_so_far() {
    let deep = (0..100).fold("\"x\"".to_owned(), |inner, _| format!("{{\"error\":{inner}}}"));
    assert_eq!(read_error(deep.as_bytes()).message, "");
}
