//! The bytes: shapes from the vendors' documentation and from issue threads (OpenAI's and Anthropic's API references
//! and streaming guides; continuedev/continue#9358, cursor/cursor#1293, anthropics/claude-code#59696; all read in
//! November 2026), in our words.

use super::script::Asked;

/// Whose shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    /// Chat completions.
    OpenAi,
    /// Messages.
    Anthropic,
}

/// The words of every good answer: letters of one to four bytes.
pub(crate) const WORDS: [&str; 4] = ["Grüße", " aus ", "東京", " 🚀."];
/// Prompt tokens as OpenAI counts them, cached ones included.
pub(crate) const CHAT_PROMPT: i64 = 1117;
/// Cached ones among them.
pub(crate) const CHAT_CACHED: i64 = 896;
/// Fresh prompt tokens as Anthropic counts them, cached ones not included.
pub(crate) const MESSAGES_INPUT: i64 = 21;
/// Written to the cache.
pub(crate) const MESSAGES_WRITTEN: i64 = 188;
/// Read from the cache.
pub(crate) const MESSAGES_READ: i64 = 1890;
/// Tokens of the answer.
pub(crate) const OUTPUT: i64 = 46;

pub(super) const NOT_FOUND: &str =
    r#"{"error":{"message":"Invalid URL","type":"invalid_request_error","param":null,"code":null}}"#;
pub(super) const MODELS: &str = r#"{"object":"list","data":[{"id":"ok","object":"model","created":1763596800,"owned_by":"system"},{"id":"tool-call","object":"model","created":1763596800,"owned_by":"system"}]}"#;
pub(super) const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
pub(super) const LOGIN_PAGE: &str = "<!doctype html><html><head><title>Sign in to Wi-Fi</title></head><body><form method=post></form></body></html>";

/// Frames before an answer's first word.
pub(crate) fn opening(vendor: Vendor) -> usize {
    match vendor {
        Vendor::OpenAi => 1,
        Vendor::Anthropic => 3,
    }
}

/// The refusal of a script that refuses: status and body.
pub(super) fn refusal(name: &str, asked: &Asked, earlier: usize) -> Option<(u16, String)> {
    let name = match name {
        "error-500-once" | "error-429-once" if earlier > 0 => return None,
        "error-500-once" => "error-500",
        "error-429-once" | "error-429-retry-after" => "error-429",
        // Where there is no stream the vendors say it with a status.
        "overloaded-in-200-stream" if !asked.stream => "error-529",
        "error-mid-stream" if !asked.stream => "error-500",
        other => other,
    };
    let model = &asked.model;
    Some(match asked.vendor {
        Vendor::OpenAi => {
            let (status, message, kind, param, code) = openai(name, model)?;
            let text = |text: &str| if text.is_empty() { "null".to_owned() } else { format!("{text:?}") };
            let (message, kind, param, code) = (text(&message), text(kind), text(param), text(code));
            let body = format!(
                "{{\n    \"error\": {{\n        \"message\": {message},\n        \"type\": {kind},\n        \"param\": {param},\n        \"code\": {code}\n    }}\n}}\n"
            );
            (status, body)
        }
        Vendor::Anthropic => {
            let (status, kind, message) = anthropic(name, model)?;
            let body = format!(
                r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}}"#
            );
            (status, body)
        }
    })
}

type OpenAi = (u16, String, &'static str, &'static str, &'static str);

fn openai(name: &str, model: &str) -> Option<OpenAi> {
    const REQUEST: &str = "invalid_request_error";
    let (status, message, kind, param, code) = match name {
        "error-400" => (
            400,
            "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
            REQUEST,
            "messages[0].role",
            "invalid_value",
        ),
        "error-401" => (
            401,
            "Incorrect API key provided: key-**bad. You can find your API key at https://platform.openai.com/account/api-keys.",
            REQUEST,
            "",
            "invalid_api_key",
        ),
        "error-402" => (402, "Insufficient Balance", "unknown_error", "", "invalid_request_error"),
        "error-403" => (
            403,
            "Country, region, or territory not supported",
            "request_forbidden",
            "",
            "unsupported_country_region_territory",
        ),
        "error-404" => {
            let message = format!("The model `{model}` does not exist or you do not have access to it.");
            return Some((404, message, REQUEST, "", "model_not_found"));
        }
        "error-413" => (413, "The request body is too big.", REQUEST, "", ""),
        "error-422" => (
            422,
            "Unprocessable: tools[0].function.parameters is not of type 'object'.",
            REQUEST,
            "tools",
            "",
        ),
        "error-429" => (
            429,
            "Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1. Visit https://platform.openai.com/account/rate-limits to learn more.",
            "requests",
            "",
            "rate_limit_exceeded",
        ),
        "error-500" => (
            500,
            "The server had an error while processing your request. Sorry about that!",
            "server_error",
            "",
            "",
        ),
        "error-529" => {
            (503, "The engine is currently overloaded, please try again later", "server_error", "", "")
        }
        "insufficient-quota" => (
            429,
            "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
            "insufficient_quota",
            "",
            "insufficient_quota",
        ),
        "context-overflow" => (
            400,
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
            REQUEST,
            "messages",
            "context_length_exceeded",
        ),
        "content-policy" => (
            400,
            "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.",
            REQUEST,
            "",
            "invalid_prompt",
        ),
        _ => return None,
    };
    Some((status, message.to_owned(), kind, param, code))
}

fn anthropic(name: &str, model: &str) -> Option<(u16, &'static str, String)> {
    const REQUEST: &str = "invalid_request_error";
    let (status, kind, message) = match name {
        "error-400" => (400, REQUEST, "messages.0.role: Input should be 'user' or 'assistant'"),
        "error-401" => (401, "authentication_error", "invalid x-api-key"),
        "error-402" => (402, "billing_error", "Payment is due on your account."),
        "error-403" => {
            (403, "permission_error", "Your API key does not have permission to use the specified resource.")
        }
        "error-404" => return Some((404, "not_found_error", format!("model: {model}"))),
        "error-413" => (413, "request_too_large", "Request exceeds the maximum allowed number of bytes."),
        "error-422" => (422, REQUEST, "tools.0.input_schema: Input should be a valid dictionary"),
        "error-429" => (
            429,
            "rate_limit_error",
            "This request would exceed your organization's rate limit of 30,000 input tokens per minute.",
        ),
        "error-500" => (500, "api_error", "Internal server error"),
        "error-529" => (529, "overloaded_error", "Overloaded"),
        "insufficient-quota" => (
            400,
            REQUEST,
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
        ),
        "context-overflow" => (400, REQUEST, "prompt is too long: 203284 tokens > 200000 maximum"),
        "content-policy" => (400, REQUEST, "Output blocked by content filtering policy"),
        _ => return None,
    };
    Some((status, kind, message.to_owned()))
}

/// A whole reply.
pub(super) fn whole(name: &str, asked: &Asked) -> String {
    let (model, words) = (&asked.model, WORDS.concat());
    match asked.vendor {
        Vendor::OpenAi => {
            let (message, finish) = match name {
                "tool-call" => (r#"{"role":"assistant","content":null,"tool_calls":[{"id":"call_DdmO9pD3xa9XTPNJ","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"src/main.rs\"}"}}],"refusal":null}"#.to_owned(), "tool_calls"),
                "reasoning" => (format!(r#"{{"role":"assistant","content":"{words}","reasoning_content":"Let me think."}}"#), "stop"),
                _ => (format!(r#"{{"role":"assistant","content":"{words}","refusal":null,"annotations":[]}}"#), "stop"),
            };
            let usage =
                if name == "no-usage" { String::new() } else { format!(r#","usage":{}"#, chat_usage()) };
            format!(
                r#"{{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5q","object":"chat.completion","created":1763718000,"model":"{model}","choices":[{{"index":0,"message":{message},"logprobs":null,"finish_reason":"{finish}"}}]{usage},"service_tier":"default","system_fingerprint":"fp_44709d6fcb"}}"#
            )
        }
        Vendor::Anthropic => {
            let (content, stop) = match name {
                "tool-call" => (r#"[{"type":"tool_use","id":"toolu_01T1x1fJ34qAmk2t","name":"read_file","input":{"path":"src/main.rs"}}]"#.to_owned(), "tool_use"),
                "reasoning" => (format!(r#"[{{"type":"thinking","thinking":"Let me think.","signature":"EqQBCgIYAhIM1gbcDa9GJwZA"}},{{"type":"text","text":"{words}"}}]"#), "end_turn"),
                _ => (format!(r#"[{{"type":"text","text":"{words}"}}]"#), "end_turn"),
            };
            let usage = if name == "no-usage" { "null".to_owned() } else { messages_usage(OUTPUT) };
            format!(
                r#"{{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"{model}","content":{content},"stop_reason":"{stop}","stop_sequence":null,"usage":{usage}}}"#
            )
        }
    }
}

fn chat_usage() -> String {
    format!(
        r#"{{"prompt_tokens":{CHAT_PROMPT},"completion_tokens":{OUTPUT},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{CHAT_CACHED},"audio_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":10,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}}"#,
        CHAT_PROMPT + OUTPUT
    )
}

fn messages_usage(output: i64) -> String {
    format!(
        r#"{{"input_tokens":{MESSAGES_INPUT},"cache_creation_input_tokens":{MESSAGES_WRITTEN},"cache_read_input_tokens":{MESSAGES_READ},"cache_creation":{{"ephemeral_5m_input_tokens":{MESSAGES_WRITTEN},"ephemeral_1h_input_tokens":0}},"output_tokens":{output},"service_tier":"standard"}}"#
    )
}

/// The frames of a streamed reply.
pub(crate) fn frames(name: &str, asked: &Asked) -> Vec<String> {
    match asked.vendor {
        Vendor::OpenAi => chat_frames(name, asked),
        Vendor::Anthropic => messages_frames(name, asked),
    }
}

fn chat_frames(name: &str, asked: &Asked) -> Vec<String> {
    let model = &asked.model;
    // With include_usage every chunk has the member, null until the last.
    let null = if asked.usage { r#","usage":null"# } else { "" };
    let chunk = |choices: &str, usage: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFO\",\"object\":\"chat.completion.chunk\",\"created\":1763718000,\"model\":\"{model}\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{choices}]{usage}}}\n\n"
        )
    };
    let delta = |delta: &str, finish: &str| {
        chunk(&format!(r#"{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}"#), null)
    };
    let mut frames = vec![delta(r#"{"role":"assistant","content":"","refusal":null}"#, "null")];
    let broken = "data: {\"error\": {\"message\": \"The server had an error while processing your request. Sorry about that!\", \"type\": \"server_error\", \"param\": null, \"code\": null}}\n\n";
    let mut finish = "\"stop\"";
    match name {
        "overloaded-in-200-stream" => {
            frames.push("data: {\"error\":{\"message\":\"The engine is currently overloaded, please try again later\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n".to_owned());
            return frames;
        }
        "tool-call" => {
            finish = "\"tool_calls\"";
            for call in [
                r#"{"tool_calls":[{"index":0,"id":"call_DdmO9pD3xa9XTPNJ","type":"function","function":{"name":"read_file","arguments":""}}]}"#,
                r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\":"}}]}"#,
                r#"{"tool_calls":[{"index":0,"function":{"arguments":"\"src/main.rs\"}"}}]}"#,
            ] {
                frames.push(delta(call, "null"));
            }
        }
        "reasoning" => {
            for thought in ["Let me", " think."] {
                frames.push(delta(&format!(r#"{{"content":null,"reasoning_content":"{thought}"}}"#), "null"));
            }
        }
        _ => {}
    }
    if name != "tool-call" {
        frames.extend(WORDS.map(|word| delta(&format!(r#"{{"content":"{word}"}}"#), "null")));
    }
    if name == "error-mid-stream" {
        frames.truncate(3);
        frames.push(broken.to_owned());
        return frames;
    }
    frames.push(delta("{}", finish));
    if asked.usage && name != "no-usage" {
        frames.push(chunk("", &format!(r#","usage":{}"#, chat_usage())));
    }
    if name != "no-done" {
        frames.push("data: [DONE]\n\n".to_owned());
    }
    frames
}

fn messages_frames(name: &str, asked: &Asked) -> Vec<String> {
    let model = &asked.model;
    let event = |kind: &str, rest: &str| format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n");
    let failed = |kind: &str, message: &str| {
        format!(
            "event: error\ndata: {{\"type\": \"error\", \"error\": {{\"type\": \"{kind}\", \"message\": \"{message}\"}}}}\n\n"
        )
    };
    if name == "overloaded-in-200-stream" {
        return vec![failed("overloaded_error", "Overloaded")];
    }
    let usage = if name == "no-usage" { "null".to_owned() } else { messages_usage(1) };
    let mut frames = vec![event(
        "message_start",
        &format!(
            r#","message":{{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"{model}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{usage}}}"#
        ),
    )];
    let mut block = |index: usize, start: &str, deltas: &[String]| {
        frames.push(event("content_block_start", &format!(r#","index":{index},"content_block":{start}"#)));
        if index == 0 {
            frames.push("event: ping\ndata: {\"type\": \"ping\"}\n\n".to_owned());
        }
        for delta in deltas {
            frames.push(event("content_block_delta", &format!(r#","index":{index},"delta":{delta}"#)));
        }
        frames.push(event("content_block_stop", &format!(r#","index":{index}"#)));
    };
    let words = WORDS.map(|word| format!(r#"{{"type":"text_delta","text":"{word}"}}"#));
    let text = r#"{"type":"text","text":""}"#;
    match name {
        "tool-call" => block(
            0,
            r#"{"type":"tool_use","id":"toolu_01T1x1fJ34qAmk2t","name":"read_file","input":{}}"#,
            &["", r#"{\"path\":"#, r#" \"src/main.rs\"}"#]
                .map(|part| format!(r#"{{"type":"input_json_delta","partial_json":"{part}"}}"#)),
        ),
        "reasoning" => {
            let thoughts = [
                r#"{"type":"thinking_delta","thinking":"Let me think."}"#,
                r#"{"type":"signature_delta","signature":"EqQBCgIYAhIM1gbcDa9GJwZA"}"#,
            ];
            block(0, r#"{"type":"thinking","thinking":"","signature":""}"#, &thoughts.map(str::to_owned));
            block(1, text, &words);
        }
        _ => block(0, text, &words),
    }
    if name == "error-mid-stream" {
        frames.truncate(5);
        frames.push(failed("api_error", "Internal server error"));
        return frames;
    }
    let stop = if name == "tool-call" { "tool_use" } else { "end_turn" };
    let usage =
        if name == "no-usage" { String::new() } else { format!(r#","usage":{{"output_tokens":{OUTPUT}}}"#) };
    frames.push(event(
        "message_delta",
        &format!(r#","delta":{{"stop_reason":"{stop}","stop_sequence":null}}{usage}"#),
    ));
    frames.push(event("message_stop", ""));
    frames
}
