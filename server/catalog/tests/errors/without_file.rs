//! Vendors that have no provider file: they are custom endpoints, or their connectors have one of their own. The
//! default rules must know them.

use catalog::Catalog;

use super::{Case, HOUR, MINUTE, Next, check};

#[rustfmt::skip]
const CASES: &[Case] = &[
    // ChatGPT plans (Codex): February to May 2026
    ("codex", 429, r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1795280400,"eligible_promo":null,"resets_in_seconds":18000}}"#,
        &[("x-codex-active-limit", "premium"), ("x-codex-plan-type", "plus"), ("x-codex-primary-used-percent", "100"), ("x-codex-primary-window-minutes", "300"), ("x-codex-primary-reset-after-seconds", "18001"), ("x-codex-secondary-used-percent", "80"), ("x-codex-secondary-reset-after-seconds", "316705")], "default/plan-limit", Next::Whole(5 * HOUR)),
    ("codex", 429, r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"free","resets_in_seconds":529498}}"#, &[], "default/plan-limit", Next::Whole(529_498_000)),
    // The headers alone
    ("codex", 429, r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"free"}}"#,
        &[("x-codex-primary-used-percent", "100"), ("x-codex-primary-reset-at", "1795266000"), ("x-codex-primary-reset-after-seconds", "3600")], "default/plan-limit", Next::Whole(HOUR)),
    ("codex", 429, r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"pro","resets_in_seconds":7200}}"#, &[("x-codex-active-limit", "codex_bengalfox")], "default/model-limit", Next::Account(2 * HOUR)),
    ("codex", 429, r#"{"error":{"type":"usage_not_included","message":"Usage not included in your plan"}}"#, &[], "default/no-plan", Next::Person(HOUR)),
    ("codex", 400, r#"{"detail":"The 'gpt-5.4' model is not supported when using Codex with a ChatGPT account."}"#, &[], "default/no-such-model", Next::Target),
    ("codex", 401, r#"{"error":{"message":"Provided authentication token is expired. Please try signing in again.","type":null,"code":"token_expired","param":null},"status":401}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("codex", 403, "<html><head><title>Just a moment...</title></head></html>", &[], "default/forbidden", Next::Account(10 * MINUTE)),
    // GitHub Copilot: 2025 to May 2026
    ("copilot", 402, r#"{"error":{"message":"You have no quota","code":"quota_exceeded"}}"#, &[], "default/allowance", Next::Person(HOUR)),
    ("copilot", 429, "quota exceeded\n", &[("retry-after", "1209600"), ("x-ratelimit-exceeded", "quota_exceeded")], "default/allowance-header", Next::Person(336 * HOUR)),
    ("copilot", 429, r#"{"error":{"message":"rate limit exceeded","code":"rate_limited"}}"#, &[("x-ratelimit-user-retry-after", "540")], "default/rate-limit", Next::Account(9 * MINUTE)),
    ("copilot", 429, r#"{"error":{"message":"Sorry, you've hit a rate limit that restricts the number of Copilot model requests you can make within a specific time period. Please try again in 58 hours. Please review our Terms of Service (https://docs.github.com/site-policy/github-terms/github-terms-of-service).","code":"user_weekly_rate_limited"}}"#, &[], "default/plan-limit", Next::Whole(58 * HOUR)),
    ("copilot", 429, r#"{"error":{"message":"Sorry, you have exceeded your Copilot token usage. Please review our Terms of Service.","code":"user_global_rate_limited:pro_plus"}}"#, &[("retry-after", "240")], "default/plan-limit", Next::Whole(4 * MINUTE)),
    ("copilot", 429, r#"{"error":{"message":"Sorry, you have exhausted this model's rate limit. Please wait a moment before trying again, or switch to a different model.","code":"user_model_rate_limited"}}"#, &[("retry-after", "120")], "default/rate-limit", Next::Account(2 * MINUTE)),
    ("copilot", 403, "unauthorized: not authorized to use this Copilot feature\n", &[], "default/forbidden", Next::Account(10 * MINUTE)),
    ("copilot", 400, r#"{"error":{"message":"The requested model is not supported.","code":"model_not_supported","param":"model","type":"invalid_request_error"}}"#, &[], "default/no-such-model", Next::Target),
    ("github-models", 429, r#"{"error":{"code":"RateLimitReached","message":"Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 46982 seconds before retrying.","details":"Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 46982 seconds before retrying."}}"#, &[], "default/rate-limit", Next::Account(46_982_000)),
    // Azure OpenAI: 2023 to December 2025
    ("azure", 429, r#"{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 7 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."}}"#,
        &[("retry-after", "7"), ("retry-after-ms", "6890"), ("x-ratelimit-remaining-tokens", "0")], "default/rate-limit", Next::Account(7_000)),
    ("azure", 429, r#"{"error":{"code":"429","message":"Rate limit is exceeded. Try again in 2 seconds."}}"#, &[("x-ratelimit-remaining-requests", "7")], "default/rate-limit", Next::Account(2_000)),
    ("azure", 429, r#"{"error":{"message":"The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after 20 seconds.","code":"429"}}"#, &[], "default/overloaded", Next::Account(20_000)),
    ("azure", 400, r#"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.","type":null,"param":"prompt","code":"content_filter","status":400}}"#, &[], "default/content-policy", Next::Stop),
    ("azure", 401, r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("azure", 404, r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#, &[], "default/not-found", Next::Target),
    // Amazon Bedrock: 2025 to July 2026
    ("bedrock", 429, r#"{"message":"Too many tokens, please wait before trying again."}"#, &[("x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/")], "default/rate-limit", Next::Account(30_000)),
    ("bedrock", 429, r#"{"message":"Too many tokens per day, please wait before trying again."}"#, &[], "default/daily-limit", Next::Account(HOUR)),
    ("bedrock", 503, r#"{"message":"Bedrock is unable to process your request."}"#, &[("x-amzn-errortype", "ServiceUnavailableException")], "default/server", Next::Retry(350)),
    ("bedrock", 400, r#"{"message":"Input is too long for requested model."}"#, &[], "default/context-length", Next::Target),
    ("bedrock", 400, r#"{"message":"The provided model identifier is invalid."}"#, &[], "default/no-such-model", Next::Target),
    ("bedrock", 400, r#"{"message":"Invocation of model ID anthropic.claude-sonnet-4-20250514-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model."}"#, &[], "default/no-such-model", Next::Target),
    ("bedrock", 403, r#"{"message":"You don't have access to the model with the specified model ID."}"#, &[], "default/no-such-model", Next::Target),
    ("bedrock", 403, r#"{"message":"The security token included in the request is expired"}"#, &[], "default/key-refused", Next::Person(HOUR)),
    // Cohere's trial keys
    ("cohere", 429, r#"{"message":"You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'."}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("cohere", 429, r#"{"message":"You are using a Trial key, which is limited to 1000 API calls / month. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'."}"#, &[], "default/plan-limit-long", Next::Whole(HOUR)),
    ("cohere", 401, r#"{"message":"invalid api token"}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    // Cloudflare Workers AI: June and July 2026
    ("cloudflare", 429, r#"{"errors":[{"message":"AiError: you have used up your daily free allocation of 10,000 neurons, please upgrade to Cloudflare's Workers Paid plan if you would like to continue usage.","code":4006}],"success":false,"result":{},"messages":[]}"#, &[], "default/daily-allocation", Next::Whole(12 * HOUR)),
    // Others
    ("gateway", 429, "You have hit your limit, try again in 21 hours.", &[], "default/rate-limit", Next::Account(21 * HOUR)),
    ("gateway", 429, "", &[("ratelimit", "\"default\";r=0;t=30"), ("ratelimit-policy", "\"default\";q=100;w=60")], "default/rate-limit", Next::Account(30_000)),
    ("gateway", 503, "", &[("retry-after", "Sat, 21 Nov 2026 12:10:00 GMT")], "default/server", Next::Account(10 * MINUTE)),
    ("gateway", 524, "error code: 524", &[], "default/server", Next::Retry(350)),
    ("gateway", 422, r#"{"detail":[{"loc":["body","messages"],"msg":"field required","type":"value_error.missing"}]}"#, &[], "default/caller", Next::Stop),
];

#[test]
fn vendors_without_a_file_are_understood() {
    check(&Catalog::builtin().unwrap(), CASES);
}
