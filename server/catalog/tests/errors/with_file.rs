//! Vendors that have a provider file.

use catalog::Catalog;

use super::{Case, HOUR, MINUTE, Next, check};

#[rustfmt::skip]
const CASES: &[Case] = &[
    // OpenAI
    ("openai", 429, r#"{"error":{"message":"Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 14567, Requested 24754. Please try again in 18.642s. Visit https://platform.openai.com/account/rate-limits to learn more.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
        &[("x-ratelimit-remaining-requests", "499"), ("x-ratelimit-reset-requests", "120ms"), ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "18.642s")], "default/rate-limit", Next::Account(18_642)),
    ("openai", 429, r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("openai", 429, r#"{"error":{"message":"Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 31000. The input or output tokens must be reduced in order to run successfully.","type":"tokens","code":"rate_limit_exceeded"}}"#, &[], "default/larger-than-limit", Next::Target),
    ("openai", 400, r#"{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#, &[], "default/context-length", Next::Target),
    ("openai", 401, r#"{"error":{"message":"Incorrect API key provided: sk-x. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("openai", 404, r#"{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#, &[], "default/no-such-model", Next::Target),
    ("openai", 400, r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#, &[], "default/caller", Next::Stop),
    ("openai", 400, r#"{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.","type":"invalid_request_error","code":"invalid_prompt"}}"#, &[], "default/content-policy", Next::Stop),
    ("openai", 503, r#"{"error":{"message":"The engine is currently overloaded, please try again later","type":"server_error"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("openai", 500, r#"{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error"}}"#, &[], "default/server", Next::Retry(350)),
    ("openai", 401, r#"{"error":{"message":"Your OpenAI account has been deactivated, please check your email for more information.","type":"invalid_request_error","code":"account_deactivated"}}"#, &[], "default/banned", Next::Person(24 * HOUR)),
    ("openai", 429, r#"{"error":{"message":"Rate limit reached for gpt-4o-mini in organization org-x on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#, &[], "default/daily-limit", Next::Account(432_000)),
    ("openai", 503, r#"{"error":{"message":"Slow down","type":"server_error","code":"slow_down"}}"#, &[("retry-after-ms", "1200")], "default/server", Next::Retry(1_200)),
    ("openai", 403, r#"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}"#, &[], "default/location", Next::Person(HOUR)),
    ("openai", 403, r#"{"error":{"message":"Your organization must be verified to use the model `gpt-5`. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#, &[], "default/unverified", Next::Person(HOUR)),
    // Anthropic
    ("anthropic", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the rate limit for your organization (x) of 100,000 input tokens per minute."}}"#,
        &[("anthropic-ratelimit-input-tokens-remaining", "0"), ("anthropic-ratelimit-input-tokens-reset", "2026-11-21T12:01:01Z"), ("anthropic-ratelimit-output-tokens-remaining", "20000"), ("anthropic-ratelimit-output-tokens-reset", "2026-11-21T13:00:00Z"), ("retry-after", "4"), ("x-should-retry", "true")], "default/rate-limit", Next::Account(4_000)),
    ("anthropic", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"Number of requests has exceeded your per-minute rate limit"}}"#, // 2024-03-26: no retry-after
        &[("anthropic-ratelimit-requests-remaining", "0"), ("anthropic-ratelimit-requests-reset", "2026-11-21T12:00:40Z"), ("anthropic-ratelimit-tokens-remaining", "16000"), ("anthropic-ratelimit-tokens-reset", "2026-11-21T12:05:00Z")], "default/rate-limit", Next::Account(40_000)),
    ("anthropic", 529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}"#, &[], "default/plan-limit", Next::Whole(228 * HOUR)),
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 204032 tokens > 200000 maximum"}}"#, &[], "default/context-length", Next::Target),
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"messages.3: `tool_use` ids were found without `tool_result` blocks immediately after"}}"#, &[], "default/caller", Next::Stop),
    ("anthropic", 413, r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#, &[], "default/caller", Next::Stop),
    ("anthropic", 401, r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"This organization has been disabled."}}"#, &[], "default/banned", Next::Person(24 * HOUR)),
    ("anthropic", 404, r#"{"type":"error","error":{"type":"not_found_error","message":"model: claude-nope"}}"#, &[], "default/not-found", Next::Target),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, &[], "default/overloaded", Next::Retry(500)),
    // Claude subscriptions: the week of one model (CLIProxyAPI pull 5033, August 2026) and the windows of the account
    ("anthropic", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit. Please try again later."}}"#,
        &[("anthropic-ratelimit-unified-status", "rejected"), ("anthropic-ratelimit-unified-reset", "1795521600"), ("anthropic-ratelimit-unified-5h-status", "allowed"), ("anthropic-ratelimit-unified-5h-reset", "1795273200"), ("anthropic-ratelimit-unified-7d-status", "allowed"), ("anthropic-ratelimit-unified-7d-reset", "1795600000"), ("anthropic-ratelimit-unified-7d_oi-status", "rejected"), ("anthropic-ratelimit-unified-7d_oi-reset", "1795521600")], "default/rate-limit", Next::Account(72 * HOUR)),
    ("anthropic", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit. Please try again later."}}"#,
        &[("anthropic-ratelimit-unified-status", "rejected"), ("anthropic-ratelimit-unified-representative-claim", "five_hour"), ("anthropic-ratelimit-unified-reset", "1795273200"), ("anthropic-ratelimit-unified-5h-status", "rejected"), ("anthropic-ratelimit-unified-5h-reset", "1795273200"), ("anthropic-ratelimit-unified-7d-status", "allowed_warning"), ("anthropic-ratelimit-unified-7d-reset", "1795600000"), ("anthropic-ratelimit-unified-overage-status", "rejected")], "default/plan-window", Next::Whole(3 * HOUR)),
    ("anthropic", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit. Please try again later."}}"#,
        &[("anthropic-ratelimit-unified-status", "rejected"), ("anthropic-ratelimit-unified-7d-status", "rejected"), ("anthropic-ratelimit-unified-7d-reset", "1795521600")], "default/plan-window", Next::Whole(72 * HOUR)),
    ("anthropic", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"Error"}}"#, &[("anthropic-ratelimit-unified-status", "allowed"), ("anthropic-ratelimit-unified-reset", "1795521600")], "default/rate-limit", Next::Account(30_000)),
    ("anthropic", 429, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("anthropic", 429, "Claude AI usage limit reached|1795273200", &[], "default/plan-limit", Next::Whole(3 * HOUR)),
    // April 2026
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"You're out of extra usage. Add more at claude.ai/settings/usage and keep going."}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Third-party apps now draw from your extra usage, not your plan limits. Add more at claude.ai/settings/usage and keep going."}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    // Since 4.6, February 2026: the request is continued in another way
    ("anthropic", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"This model does not support assistant message prefill. The conversation must end with a user message."}}"#, &[], "default/caller", Next::Stop),
    // Kiro, as its refusals are told: recordings and AWS's models, 2026
    ("kiro", 402, r#"{"type":"error","error":{"type":"billing_error","message":"You have reached the limit.","code":"MONTHLY_REQUEST_COUNT"}}"#, &[], "kiro/plan-limit", Next::Whole(HOUR)),
    ("kiro", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slower.","code":"CREDIT_CONSUMPTION_RATE_EXCEEDED","retry_after_seconds":300}}"#, &[], "kiro/rate", Next::Whole(5 * MINUTE)),
    ("kiro", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"I am experiencing high traffic, please try again shortly.","code":"INSUFFICIENT_MODEL_CAPACITY"}}"#, &[], "kiro/model-busy", Next::TargetAfter(30_000)),
    ("kiro", 403, r#"{"type":"error","error":{"type":"permission_error","message":"The bearer token included in the request is invalid."}}"#, &[], "kiro/token-refused", Next::Person(HOUR)),
    ("kiro", 403, r#"{"type":"error","error":{"type":"permission_error","message":"Your User ID (x) temporarily is suspended. We've locked your account as a security precaution.","code":"TEMPORARILY_SUSPENDED"}}"#, &[], "kiro/suspended", Next::Person(24 * HOUR)),
    ("kiro", 403, r#"{"type":"error","error":{"type":"permission_error","message":"Your subscription does not support this application. Please contact your administrator.","code":"AccessDeniedException"}}"#, &[], "kiro/no-plan", Next::Person(HOUR)),
    ("kiro", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Invalid model. Please select a different model to continue.","code":"INVALID_MODEL_ID"}}"#, &[], "kiro/no-such-model", Next::Target),
    ("kiro", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Input is too long.","code":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}}"#, &[], "default/context-length", Next::Target),
    ("kiro", 400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Improperly formed request.","code":"REQUEST_BODY_INVALID"}}"#, &[], "default/caller", Next::Stop),
    // OpenRouter
    ("openrouter", 429, r#"{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1795305600000"},"provider_name":null}},"user_id":"user_x"}"#, &[], "default/daily-limit", Next::Account(12 * HOUR)),
    ("openrouter", 402, r#"{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 2666. To increase, visit https://openrouter.ai/settings/credits","code":402,"metadata":{"provider_name":null}}}"#, &[], "openrouter/cannot-afford", Next::Person(10 * MINUTE)),
    ("openrouter", 402, r#"{"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/credits","code":402}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("openrouter", 429, r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"deepseek/deepseek-r1:free is temporarily rate-limited upstream; please retry shortly.","provider_name":"Chutes"}}}"#, &[], "openrouter/upstream-host", Next::TargetAfter(20_000)),
    ("openrouter", 403, r#"{"error":{"code":403,"message":"Your chosen model requires moderation and your input was flagged","metadata":{"reasons":["violence"]}}}"#, &[], "default/content-policy", Next::Stop),
    ("openrouter", 404, r#"{"error":{"message":"No endpoints found for x/y:free.","code":404}}"#, &[], "default/no-such-model", Next::Target),
    // The host's own trouble, nested: no fault of the key
    ("openrouter", 401, r#"{"error":{"message":"Provider returned error","code":401,"metadata":{"raw":"{\"error\":{\"message\":\"Invalid API key\"}}","provider_name":"Nebius"}}}"#, &[], "openrouter/upstream-host", Next::TargetAfter(20_000)),
    ("openrouter", 429, r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"{\"error\":{\"code\":429,\"message\":\"Resource has been exhausted\",\"details\":[{\"retryDelay\":\"41s\"}]}}","provider_name":"Google AI Studio"}}}"#, &[], "openrouter/upstream-host", Next::TargetAfter(41_000)),
    ("openrouter", 400, r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 131072 tokens.\"}}","provider_name":"DeepInfra"}}}"#, &[], "default/context-length", Next::Target),
    ("openrouter", 401, r#"{"error":{"message":"User not found.","code":401}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("openrouter", 403, r#"{"error":{"message":"Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys","code":403}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    // DeepSeek
    ("deepseek", 402, r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("deepseek", 401, r#"{"error":{"message":"Authentication Fails, Your api key: ****x is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("deepseek", 400, r#"{"error":{"message":"Content Exists Risk","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"#, &[], "default/content-policy", Next::Stop),
    ("deepseek", 400, r#"{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"#, &[], "default/no-such-model", Next::Target),
    ("deepseek", 503, r#"{"error":{"message":"Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.","type":"service_unavailable_error"}}"#, &[], "default/server", Next::Retry(350)),
    // Groq, 2026-02-28; retry-after beside it
    ("groq", 429, r#"{"error":{"message":"Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing","type":"tokens","code":"rate_limit_exceeded"}}"#,
        &[("retry-after", "579"), ("x-ratelimit-remaining-requests", "900"), ("x-ratelimit-reset-requests", "23h59m1s")], "default/daily-limit", Next::Account(579_000)),
    ("groq", 413, r#"{"error":{"message":"Request too large for model `llama-3.1-8b-instant` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 7421, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}"#, &[], "default/larger-than-limit", Next::Target),
    ("groq", 498, r#"{"error":{"message":"Flex tier capacity exceeded","type":"capacity_exceeded"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("groq", 429, r#"{"error":{"message":"Rate limit reached for model `openai/gpt-oss-120b` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Used 7000, Requested 2000. Please try again in 7m12.5s.","type":"tokens","code":"rate_limit_exceeded"}}"#, &[], "default/rate-limit", Next::Account(432_500)),
    ("groq", 400, r#"{"error":{"message":"Organization has been restricted. Please reach out to support if you believe this was in error.","type":"invalid_request_error","code":"organization_restricted"}}"#, &[], "default/banned", Next::Person(24 * HOUR)),
    ("groq", 400, r#"{"error":{"message":"Failed to call a function. Please adjust your prompt.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=read{}>"}}"#, &[], "groq/broken-call", Next::Retry(350)),
    ("groq", 400, r#"{"error":{"message":"The model `llama3-70b-8192` has been decommissioned and is no longer supported.","type":"invalid_request_error","code":"model_decommissioned"}}"#, &[], "default/no-such-model", Next::Target),
    // GLM: 2026-09-11; the time is Beijing's, 16 h 35 min 41 s of that day is 8 h earlier
    // Alibaba: one code for an empty account elsewhere and a full minute here, and an empty account that says 400
    ("alims-intl", 429, r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#, &[], "alims-intl/rate-limit", Next::Account(30_000)),
    ("alims-intl", 400, r#"{"error":{"message":"Access denied, please make sure your account is in good standing.","type":"Arrearage","param":null,"code":"Arrearage"}}"#, &[], "alims-intl/no-credit", Next::Person(HOUR)),
    ("alims-intl", 403, r#"{"error":{"message":"The free tier of the model has been exhausted.","type":"AllocationQuota.FreeTierOnly","param":null,"code":"AllocationQuota.FreeTierOnly"}}"#, &[], "alims-intl/free-tier-used-up", Next::Person(HOUR)),
    ("alicode-intl", 429, r#"{"error":{"message":"week allocated quota exceeded.","type":"throttling","code":"throttling"}}"#, &[], "alicode-intl/plan-limit", Next::Whole(15 * MINUTE)),
    ("alicode", 429, r#"{"error":{"message":"concurrency allocated quota exceeded","type":"throttling","code":"throttling"}}"#, &[], "default/rate-limit", Next::Account(30_000)),
    // OpenCode Go, since September 2026
    ("opencode-go", 400, r#"{"type":"MissingSessionID","message":"Error from provider (Console Go): Request is missing x-opencode-session and cannot be routed efficiently. Please see https://opencode.ai/docs/go/#where-can-i-use-it"}"#, &[], "opencode-go/no-session", Next::Target),
    // October 2026: a model that Go does not have
    ("opencode-go", 401, r#"{"type":"error","error":{"type":"ModelError","message":"Model claude-sonnet-4-5 is not supported"}}"#, &[], "opencode-go/no-such-model", Next::Target),
    ("opencode-go", 401, r#"{"type":"error","error":{"type":"AuthError","message":"Invalid API key."}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    // Baidu; the 429 of ERNIE issue 1031, 2025-07-17
    ("baidu", 429, r#"{"error":{"code":"rpm_rate_limit_exceeded","message":"Rate limit reached for RPM","type":"rate_limit_exceeded"},"id":"as-x"}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("baidu", 401, r#"{"error":{"code":"invalid_model","message":"No permission to use the model","type":"invalid_request_error"},"id":"as-x"}"#, &[], "baidu/no-such-model", Next::Target),
    ("baidu", 403, r#"{"error":{"code":"system_unsafe","message":"the content of system field is invalid","type":"invalid_request_error"},"id":"as-x"}"#, &[], "baidu/content-policy", Next::Stop),
    // The Chinese sisters, by the codes of the others
    ("glm-cn", 429, r#"{"error":{"code":"1302","message":"Rate limit reached for requests"}}"#, &[], "glm-cn/rate-limit", Next::Account(5_000)),
    ("minimax-cn", 200, r#"{"base_resp":{"status_code":2056,"status_msg":"usage limit exceeded"}}"#, &[], "minimax-cn/plan-limit", Next::Whole(15 * MINUTE)),
    ("glm", 429, r#"{"type":"error","error":{"type":"rate_limit_error","code":"1308","message":"[1308][Usage limit reached for 5 hour. Your limit will reset at 2026-11-22 00:35:41][x]"},"request_id":"x"}"#, &[], "glm/plan-limit", Next::Whole(4 * HOUR + 35 * MINUTE + 41_000)),
    ("glm", 429, r#"{"error":{"code":"1308","message":"已达到 5 小时的使用上限。您的限额将在 2026-11-22 00:35:41 重置。"}}"#, &[], "glm/plan-limit", Next::Whole(4 * HOUR + 35 * MINUTE + 41_000)),
    ("glm", 429, r#"{"error":{"code":"1310","message":"Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-11-28T00:00:00Z"}}"#, &[], "glm/plan-limit", Next::Whole(156 * HOUR)),
    ("glm", 429, r#"{"error":{"code":"1302","message":"Rate limit reached for requests"}}"#, &[], "glm/rate-limit", Next::Account(5_000)),
    ("glm", 429, r#"{"error":{"code":"1113","message":"Insufficient balance or no resource package. Please recharge."}}"#, &[], "glm/no-credit", Next::Person(HOUR)),
    ("glm", 400, r#"{"error":{"code":"1301","message":"System detected potentially unsafe or sensitive content in input or generation."}}"#, &[], "glm/content-policy", Next::Stop),
    ("glm", 401, r#"{"error":{"code":"1002","message":"Invalid Authentication Token"}}"#, &[], "glm/key-refused", Next::Person(HOUR)),
    ("glm", 429, r#"{"type":"error","error":{"type":"rate_limit_error","code":"1313","message":"[1313][Your account's current usage pattern does not comply with the Fair Usage Policy, and your request frequency has been limited. For details, please refer to the Subscription Service Agreement. To restore access, please submit a request.][x]"}}"#, &[], "glm/fair-use", Next::Person(HOUR)),
    // MiniMax: 2026-05-15, and base_resp under a 200
    ("minimax", 429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"usage limit exceeded, 5-hour usage limit reached for Token Plan Starter (0/0 used), resets at 2026-11-21T15:00:00Z (2056)"},"request_id":"x"}"#, &[], "minimax/plan-limit-words", Next::Whole(3 * HOUR)),
    ("minimax", 200, r#"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#, &[], "minimax/no-credit", Next::Person(HOUR)),
    ("minimax", 200, r#"{"base_resp":{"status_code":2056,"status_msg":"usage limit exceeded"}}"#, &[], "minimax/plan-limit", Next::Whole(15 * MINUTE)),
    ("minimax", 200, r#"{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#, &[], "minimax/rate-limit", Next::Account(30_000)),
    ("minimax", 400, r#"{"type":"error","error":{"type":"bad_request_error","message":"invalid params, invalid function arguments json string (2013)","http_code":"400"}}"#, &[], "default/caller", Next::Stop),
    // Kimi: 2026-02-04 and 2026-08
    ("kimi", 429, r#"{"error":{"message":"We're receiving too many requests at the moment. Please wait a moment and try again.","type":"rate_limit_reached_error"}}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("kimi", 403, r#"{"error":{"message":"You've reached your weekly (7-day) usage limit. Your quota will reset when the current 7-day window ends.","type":"access_terminated_error"}}"#, &[], "kimi/plan-limit", Next::Whole(15 * MINUTE)),
    ("kimi", 403, r#"{"error":{"message":"You've reached your usage limit for this billing cycle. Your quota will be refreshed in the next cycle.","type":"access_terminated_error"}}"#, &[], "kimi/plan-limit", Next::Whole(15 * MINUTE)),
    ("kimi", 401, r#"{"error":{"message":"Invalid Authentication","type":"invalid_authentication_error"}}"#, &[], "default/unauthorized", Next::Person(HOUR)),
    ("kimi", 429, r#"{"error":{"message":"Your account org-x<ak-x> request reached organization max concurrency: 1, please try again after 1 seconds","type":"rate_limit_reached_error"}}"#, &[], "default/rate-limit", Next::Account(1_000)),
    ("kimi", 429, r#"{"error":{"message":"Your account org-x<ak-x> request reached organization TPD rate limit, current: 1505138, limit: 1500000","type":"rate_limit_reached_error"}}"#, &[], "default/daily-limit", Next::Account(HOUR)),
    ("kimi", 429, r#"{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("kimi", 429, r#"{"error":{"message":"Your account org-x<ak-x> is suspended, please check your plan and billing details","type":"exceeded_current_quota_error"}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    // Mistral: 2026-09-14 and 2025-06-18
    ("mistral", 429, r#"{"object":"error","message":"Rate limit exceeded","type":"rate_limited","param":null,"code":"1300","raw_status_code":429}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("mistral", 429, r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"invalid_request_error","param":null,"code":null}"#, &[], "default/overloaded", Next::Retry(500)),
    ("mistral", 422, r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":32000}]},"type":"invalid_request_error","param":null,"code":null}"#, &[], "default/caller", Next::Stop),
    // xAI: 2026-02-09 with 429, 2026-08-09 with 403
    ("xai", 429, r#"{"code":"Some resource has been exhausted","error":"Your team x has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit."}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("xai", 403, r#"{"code":"The caller does not have permission to execute the specified operation","error":"Your team x has either used all available credits or reached its monthly spending limit."}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("xai", 400, r#"{"code":"Client specified an invalid argument","error":"Incorrect API key provided: x. You can obtain an API key from https://console.x.ai."}"#, &[], "default/key-refused", Next::Person(HOUR)),
    ("xai", 403, r#"{"code":"The caller does not have permission to execute the specified operation","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_CSAM"}"#, &[], "default/content-policy", Next::Stop),
    ("xai", 403, r#"{"code":"The caller does not have permission to execute the specified operation","error":"Your newly created team doesn't have any credits yet. You can purchase credits on https://console.x.ai/team/x."}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("xai", 429, r#"{"code":"Some resource has been exhausted","error":"Too many requests for team x and model grok-4.5. Your team's rate limit is - Requests per Second (actual/limit): 9/8."}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("xai", 400, r#"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 500000 but the request contains 512345 tokens."}"#, &[], "default/context-length", Next::Target),
    // Together: 2024-06-28 says "credit_limit" for a plain rate limit
    ("together", 429, r#"{"error":{"message":"You have been rate limited. Your rate limit is 60 queries per minute. Please navigate to https://api.together.xyz/settings/billing to upgrade to a paid plan.","type":"credit_limit","param":null,"code":null}}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("together", 429, r#"{"error":{"message":"You have reached the rate limit specific to this model x.","type":"model_rate_limit"}}"#, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "7")], "default/rate-limit", Next::Account(7_000)),
    ("together", 422, r#"{"error":{"message":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.","type":"invalid_request_error"}}"#, &[], "default/caller", Next::Stop),
    ("together", 503, r#"{"error":{"message":"The server is overloaded or not ready yet.","type":"service_unavailable","param":null,"code":null}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("together", 402, r#"{"error":{"message":"Credit limit exceeded, please navigate to https://api.together.ai/settings/billing to upgrade your credit limit","type":"credit_limit","param":null,"code":null}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    // Fireworks: 2026-07-01
    ("fireworks", 412, r#"{"error":{"message":"Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information.","param":null,"code":"PRECONDITION_FAILED","type":"error"},"request_id":"x"}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("fireworks", 404, r#"{"error":{"object":"error","type":"invalid_request_error","code":"NOT_FOUND","message":"Model not found, inaccessible, and/or not deployed"}}"#, &[], "default/no-such-model", Next::Target),
    ("fireworks", 429, r#"{"error":{"object":"error","type":"invalid_request_error","code":"rate_limit_exceeded","message":"Request didn't generate first token before the given deadline"}}"#, &[("x-ratelimit-over-limit", "yes")], "default/rate-limit", Next::Account(30_000)),
    // Cerebras: 2026-01-09, 2026-07-16
    ("cerebras", 429, r#"{"message":"Tokens per minute limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}"#,
        &[("x-ratelimit-remaining-tokens-minute", "0"), ("x-ratelimit-reset-tokens-minute", "11.382881"), ("x-ratelimit-remaining-requests-day", "14000"), ("x-ratelimit-reset-requests-day", "33011.382867")], "default/rate-limit", Next::Account(11_383)),
    ("cerebras", 400, r#"{"message":"messages.2.assistant.reasoning_content: property 'messages.2.assistant.reasoning_content' is unsupported","type":"invalid_request_error","param":"validation_error","code":"wrong_api_format"}"#, &[], "default/caller", Next::Stop),
    ("cerebras", 429, r#"{"message":"We're experiencing high traffic right now! Please try again soon.","type":"too_many_requests_error","param":"queue","code":"queue_exceeded"}"#, &[], "default/overloaded", Next::Retry(500)),
    // August 2026
    ("cerebras", 429, r#"{"message":"Requests per minute limit exceeded - too many requests sent.","type":"too_many_requests_error","param":"quota","code":"request_quota_exceeded"}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("cerebras", 429, r#"{"message":"Tokens per day limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}"#,
        &[("x-ratelimit-remaining-tokens-day", "0"), ("x-ratelimit-reset-tokens-day", "7200.5")], "default/daily-limit", Next::Account(7_200_500)),
    // Google: quotas of 2025-06-12 (per minute), 2025-12 (per day) and 2026-01-31 (none at all), with the seconds of
    // RetryInfo beside each; the OpenAI format puts the same body into an array
    ("gemini", 429, r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_input_token_count","quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier","quotaDimensions":{"location":"global","model":"gemini-2.5-flash"},"quotaValue":"250000"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"26s"}]}}"#, &[], "default/rate-limit", Next::Account(26_000)),
    ("gemini", 429, r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaDimensions":{"location":"global","model":"gemini-2.5-flash"},"quotaValue":"250"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"22s"}]}}"#, &[], "gemini/daily-limit", Next::Account(20 * HOUR)),
    ("gemini", 429, r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro\nPlease retry in 20.04466179s.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"},{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"20s"}]}}"#, &[], "gemini/not-free", Next::Person(24 * HOUR)),
    ("gemini", 429, r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"8s"}]}}]"#, &[], "default/rate-limit", Next::Account(8_000)),
    ("gemini", 429, r#"{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("gemini", 429, r#"{"error":{"code":429,"message":"Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.","status":"RESOURCE_EXHAUSTED"}}"#, &[], "gemini/no-credit", Next::Person(HOUR)),
    ("gemini", 400, r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]}}"#, &[], "default/key-refused", Next::Person(HOUR)),
    ("gemini", 400, r#"{"error":{"code":400,"message":"API Key not found. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}"#, &[], "default/key-refused", Next::Person(HOUR)),
    ("gemini", 403, r#"{"error":{"code":403,"message":"Permission denied: Consumer 'api_key:x' has been suspended.","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"CONSUMER_SUSPENDED","domain":"googleapis.com"}]}}"#, &[], "gemini/key-blocked", Next::Person(24 * HOUR)),
    ("gemini", 403, r#"{"error":{"code":403,"message":"Your API key was reported as leaked. Please use another API key.","status":"PERMISSION_DENIED"}}"#, &[], "gemini/key-blocked", Next::Person(24 * HOUR)),
    ("gemini", 400, r#"[{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}]"#, &[], "gemini/location", Next::TargetAfter(HOUR)),
    ("gemini", 400, r#"{"error":{"code":400,"message":"The input token count exceeds the maximum number of tokens allowed 1048576.","status":"INVALID_ARGUMENT"}}"#, &[], "default/context-length", Next::Target),
    ("gemini", 400, r#"{"error":{"code":400,"message":"Thinking level is not supported for this model.","status":"INVALID_ARGUMENT"}}"#, &[], "default/caller", Next::Stop),
    ("gemini", 503, r#"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("gemini", 503, r#"{"error":{"code":503,"message":"This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.","status":"UNAVAILABLE"}}"#, &[], "default/overloaded", Next::Retry(500)),
    // Gateways and bodies without JSON
    ("nvidia", 502, "<html><head><title>502 Bad Gateway</title></head></html>", &[], "default/server", Next::Retry(350)),
    ("siliconflow", 503, "", &[("retry-after", "2")], "default/server", Next::Retry(2_000)),
    ("siliconflow", 503, "", &[("retry-after", "600")], "default/server", Next::Account(10 * MINUTE)),
    ("siliconflow", 402, "", &[], "default/payment", Next::Person(HOUR)),
    ("siliconflow", 403, r#"{"code":30001,"message":"Sorry, your account balance is insufficient"}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("nvidia", 403, r#"{"detail":"Forbidden"}"#, &[], "default/forbidden", Next::Account(10 * MINUTE)),
    // February to August 2026
    ("nvidia", 429, r#"{"status":429,"title":"Too Many Requests"}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("nvidia", 402, r#"{"status":402,"title":"Payment Required","detail":"Account 'x': Cloud credits expired - Please contact NVIDIA representatives"}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("nvidia", 404, r#"{"status":404,"title":"Not Found","detail":"Function 'x': Not found for account 'x'"}"#, &[], "default/not-found", Next::Target),
    // 2025
    ("siliconflow", 429, r#"{"message":"Request was rejected due to rate limiting. Details: TPM limit reached.","data":null}"#, &[], "default/rate-limit", Next::Account(30_000)),
    ("siliconflow", 400, r#"{"code":20012,"message":"Model does not exist. Please check it carefully.","data":null}"#, &[], "default/no-such-model", Next::Target),
    ("siliconflow", 400, r#"{"code":20015,"message":"length of prompt_tokens (200000) must be less than max_seq_len (131072).","data":null}"#, &[], "default/context-length", Next::Target),
    ("siliconflow", 503, r#"{"code":50505,"message":"Model service overloaded. Please try again later.","data":null}"#, &[], "default/overloaded", Next::Retry(500)),
    ("siliconflow", 401, r#""Invalid token""#, &[], "default/unauthorized", Next::Person(HOUR)),
    // Ollama's cloud: December 2025 to June 2026; no header says when
    ("ollama-cloud", 429, r#"{"error":"you (x) have reached your session usage limit, upgrade for higher limits: https://ollama.com/upgrade"}"#, &[], "default/plan-limit", Next::Whole(15 * MINUTE)),
    ("ollama-cloud", 429, r#"{"error":"you've reached your hourly usage limit, please wait or upgrade to continue"}"#, &[], "default/plan-limit", Next::Whole(15 * MINUTE)),
    ("ollama-cloud", 429, r#"{"error":"you (x) have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade"}"#, &[], "default/plan-limit-long", Next::Whole(HOUR)),
    ("ollama", 404, r#"{"error":"model 'qwen9' not found"}"#, &[], "default/not-found", Next::Target),
];

#[test]
fn real_answers_get_the_right_verdict() {
    check(&Catalog::builtin().unwrap(), CASES);
}
