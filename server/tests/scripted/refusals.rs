//! Refusals, in each vendor's own words (OpenAI's and Anthropic's API references, ai.google.dev's troubleshooting page,
//! ollama/ollama server/routes.go; continuedev/continue#9358, cursor/cursor#1293, anthropics/claude-code#59696; all
//! read in November 2026).

use super::script::Asked;
use serde_json::{Value, json};
use wire::Dialect;

/// The refusal of a script that refuses: status and body.
pub(super) fn refusal(name: &str, asked: &Asked, earlier: usize) -> Option<(u16, String)> {
    let name = match name {
        "error-500-once" | "error-429-once" | "error-429-wait-once" if earlier > 0 => return None,
        "error-500-once" => "error-500",
        "error-429-once" | "error-429-wait-once" | "error-429-retry-after" => "error-429",
        // With this body behind a status that says all is well, as gateways do.
        "error-in-200" => return refusal("error-500", asked, earlier).map(|(_, body)| (200, body)),
        // Where there is no stream the vendors say it with a status.
        "overloaded-in-200-stream" if !asked.stream => "error-529",
        "error-mid-stream" if !asked.stream => "error-500",
        other => other,
    };
    let model = &asked.model;
    Some(match asked.dialect {
        Dialect::Chat | Dialect::Responses => {
            let (status, message, kind, param, code) = openai(name, model)?;
            let text = |text: &str| if text.is_empty() { "null".to_owned() } else { format!("{text:?}") };
            let (message, kind, param, code) = (text(&message), text(kind), text(param), text(code));
            let body = format!(
                "{{\n    \"error\": {{\n        \"message\": {message},\n        \"type\": {kind},\n        \"param\": {param},\n        \"code\": {code}\n    }}\n}}\n"
            );
            (status, body)
        }
        Dialect::Messages => {
            let (status, kind, message) = anthropic(name, model)?;
            let body = format!(
                r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}}"#
            );
            (status, body)
        }
        Dialect::Gemini => {
            let (status, kind, message) = google(name, model)?;
            (status, google_error(status, kind, &message).to_string())
        }
        Dialect::Ollama => {
            let (status, message) = ollama(name, model)?;
            (status, json!({ "error": message }).to_string())
        }
    })
}

fn google_error(status: u16, kind: &str, message: &str) -> Value {
    json!({ "error": { "code": status, "message": message, "status": kind } })
}

/// The frame with which a stream ends in an error; `overloaded`: before it has said anything. `number`: of the frame.
pub(super) fn broken(dialect: Dialect, overloaded: bool, number: usize) -> String {
    const FAILED: &str = "The server had an error while processing your request. Sorry about that!";
    const BUSY: &str = "The engine is currently overloaded, please try again later";
    match (dialect, overloaded) {
        (Dialect::Chat, _) => {
            let message = if overloaded { BUSY } else { FAILED };
            let error = json!({ "error": { "message": message, "type": "server_error", "param": null, "code": null } });
            format!("data: {error}\n\n")
        }
        (Dialect::Responses, true) => {
            let error = json!({
                "type": "error", "code": "server_is_overloaded", "message": BUSY, "param": null,
                "sequence_number": number,
            });
            format!("event: error\ndata: {error}\n\n")
        }
        (Dialect::Responses, false) => {
            let failed = json!({
                "type": "response.failed", "sequence_number": number, "response": {
                    "id": "resp_67ccd3a9da748190baa7f1570fe91ac604becb25c45c1d41", "object": "response",
                    "status": "failed", "error": { "code": "server_error", "message": FAILED }, "output": [],
                    "usage": null,
                },
            });
            format!("event: response.failed\ndata: {failed}\n\n")
        }
        (Dialect::Messages, _) => {
            let (kind, message) = if overloaded {
                ("overloaded_error", "Overloaded")
            } else {
                ("api_error", "Internal server error")
            };
            let error = json!({ "type": "error", "error": { "type": kind, "message": message } });
            format!("event: error\ndata: {error}\n\n")
        }
        (Dialect::Gemini, true) => {
            let message = "The model is overloaded. Please try again later.";
            format!("data: {}\r\n\r\n", google_error(503, "UNAVAILABLE", message))
        }
        (Dialect::Gemini, false) => {
            format!("data: {}\r\n\r\n", google_error(500, "INTERNAL", "An internal error has occurred."))
        }
        (Dialect::Ollama, true) => {
            "{\"error\":\"server busy, please try again.  maximum pending requests exceeded\"}\n".to_owned()
        }
        (Dialect::Ollama, false) => {
            "{\"error\":\"an error was encountered while running the model: unexpected EOF\"}\n".to_owned()
        }
    }
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
        "error-503" | "error-529" => {
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
        "error-503" => (503, "api_error", "Service unavailable"),
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

fn google(name: &str, model: &str) -> Option<(u16, &'static str, String)> {
    let (status, kind, message) = match name {
        "error-400" => (400, "INVALID_ARGUMENT", "Please use a valid role: user, model."),
        "error-401" => (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        "error-402" | "error-403" => (403, "PERMISSION_DENIED", "The caller does not have permission"),
        "error-404" => {
            let message = format!(
                "models/{model} is not found for API version v1beta, or is not supported for generateContent. Call \
                 ListModels to see the list of available models and their supported methods."
            );
            return Some((404, "NOT_FOUND", message));
        }
        "error-413" => (400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
        "error-422" => (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
        "error-429" | "insufficient-quota" => (
            429,
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        "error-500" => (
            500,
            "INTERNAL",
            "An internal error has occurred. Please retry or report in \
             https://developers.generativeai.google/guide/troubleshooting",
        ),
        "error-503" | "error-529" => (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        "context-overflow" => (
            400,
            "INVALID_ARGUMENT",
            "The input token count (1203284) exceeds the maximum number of \
             tokens allowed (1048576).",
        ),
        "content-policy" => (400, "INVALID_ARGUMENT", "The prompt was blocked for safety reasons."),
        _ => return None,
    };
    Some((status, kind, message.to_owned()))
}

fn ollama(name: &str, model: &str) -> Option<(u16, String)> {
    let (status, message) = match name {
        "error-400" | "error-422" => (400, "invalid role: \"robot\""),
        "error-401" => (401, "unauthorized"),
        "error-402" => (402, "you have reached your usage limit, upgrade for higher limits"),
        "error-403" => (403, "this model requires a subscription, upgrade for access"),
        "error-404" => return Some((404, format!("model '{model}' not found"))),
        "error-413" => (413, "request body too large"),
        "error-429" | "insufficient-quota" => (429, "you have reached your hourly usage limit"),
        "error-500" => (500, "llama runner process has terminated: exit status 2"),
        "error-503" | "error-529" => {
            (503, "server busy, please try again.  maximum pending requests exceeded")
        }
        "context-overflow" => (400, "the input length exceeds the context length"),
        "content-policy" => (400, "the prompt was refused"),
        _ => return None,
    };
    Some((status, message.to_owned()))
}
