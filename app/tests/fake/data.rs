//! The made-up data.

use app::api::combos::{Budget, Measure, Period, Spent};
use app::api::connect::KeyRow;
use app::api::models::{ModelRow, Price};
use app::api::overview::{Fallback, UnderWay, UnderWayNow};
use app::api::providers::{
    AccountRow, AuthKind, FieldRow, Health, ProviderDetail, ProviderRow, Rotation, SpeaksRow, WaitingModel,
};
use app::api::requests::{Outcome, RequestRow};
use app::api::settings::SessionRow;
use app::api::sign_in::{Flow, SignInRow, TokenRow, TokenState};
use app::api::{Millis, Tier, Tokens};

/// 2026-11-21 14:05:09 UTC.
pub const NOW: Millis = 1_795_269_909_000;

pub const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Why a request reached no provider.
const UNTRIED: &str = "No target can serve this request now: anthropic/claude-sonnet-4-5 at personal: The 5-hour limit is used up, tried \
     again in 2 h 54 min; deepseek/deepseek-chat at work: Key refused (401), tried again in 41 min; \
     groq/llama-3.3-70b-versatile: its context window of 131k tokens is too small for this request.";

/// Requests of every sort, by turns.
pub fn request_row(now: Millis, at: i64) -> RequestRow {
    let turn = at % 7;
    let (client, key) = match turn {
        0 | 3 | 6 => ("Claude Code", "claude-code laptop"),
        1 => ("Cline", "cline"),
        2 => ("OpenCode", "cline"),
        4 => ("curl", ""),
        _ => ("OpenAI SDK for Python", "ci"),
    };
    let (asked, target) = match turn {
        0 | 6 => ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        1 => ("coder", "glm/glm-4.7"),
        2 => ("groq/llama-3.3-70b-versatile", "groq/llama-3.3-70b-versatile"),
        3 => ("coder", "deepseek/deepseek-chat"),
        4 => ("ollama/qwen3-coder:30b", "ollama/qwen3-coder:30b"),
        _ => ("gpt-oss-120b", "groq/openai/gpt-oss-120b"),
    };
    let (outcome, status, error) = match turn {
        3 => (Outcome::Failed, 503, "Every account is rate limited. The first comes back at 14:31."),
        5 if at % 2 == 1 => (Outcome::Cancelled, 200, ""),
        4 if at > 10 => (Outcome::Broken, 200, "The stream broke off after 840 tokens."),
        _ => (Outcome::Answered, 200, ""),
    };
    // Now and then one that no target could serve, with a long story.
    let untried = at % 14 == 10;
    let (target, error) = if untried { ("", UNTRIED) } else { (target, error) };
    let known = !matches!(turn, 3 | 4);
    RequestRow {
        covered: false,
        id: format!("019ab3f2{:024x}", 0xfeed_0000_i64 - at),
        at: now - 8_000 - at * at * 37_000,
        client: client.to_owned(),
        key: key.to_owned(),
        dialect: if client == "Claude Code" { "messages" } else { "chat" }.to_owned(),
        asked: asked.to_owned(),
        combo: if asked == "coder" { "coder".to_owned() } else { String::new() },
        tried: match turn {
            _ if untried => Vec::new(),
            1 => vec!["anthropic/claude-sonnet-4-5".to_owned(), "groq/llama-3.3-70b-versatile".to_owned()],
            3 => vec!["glm/glm-4.7".to_owned()],
            _ => Vec::new(),
        },
        target: target.to_owned(),
        provider_id: target.split('/').next().unwrap_or_default().to_owned(),
        account: "personal".to_owned(),
        streaming: turn != 5,
        status,
        outcome,
        saved_tokens: if turn == 0 { 3_180 } else { 0 },
        attempts: match turn {
            _ if untried => 0,
            1 => 3,
            3 => 2,
            _ => 1,
        },
        tokens: (turn != 3).then_some(Tokens {
            input: 1_204 + at * 310,
            cache_read: if turn == 0 { 48_220 } else { 0 },
            cache_write: 0,
            output: 380 + at * 41,
        }),
        cost: known.then_some(13_204_500 + at * 912_345 - if turn == 2 { 12_000_000 } else { 0 }),
        first_token_ms: (turn != 3).then_some(640 + at * 13),
        total_ms: 4_210 + at * 830,
        error: error.to_owned(),
    }
}

/// Requests that had to go elsewhere.
pub fn fallbacks(now: Millis) -> Vec<Fallback> {
    let told = [
        (1, "anthropic/claude-sonnet-4-5 hit its 5-hour limit; glm/glm-4.7 answered."),
        (8, "glm/glm-4.7 said nothing for 12 s; deepseek/deepseek-chat was faster."),
        (15, "anthropic/claude-sonnet-4-5 broke off after 840 tokens; glm/glm-4.7 went on."),
        (22, "deepseek/deepseek-chat refused the key; groq/openai/gpt-oss-120b answered."),
        (29, "anthropic/claude-sonnet-4-5 was overloaded; glm/glm-4.7 answered."),
        (36, "glm/glm-4.7 could not be reached; groq/llama-3.3-70b-versatile answered."),
    ];
    let row = |(at, sentence): (i64, &str)| {
        let row = request_row(now, at);
        Fallback { id: row.id, at: row.at, asked: row.asked, sentence: sentence.to_owned() }
    };
    told.map(row).to_vec()
}

/// Requests that are under way.
pub fn under_way(now: Millis) -> UnderWayNow {
    let going = |lasts_ms: i64, target: &str, attempts: i64, first_token_ms: Option<i64>| UnderWay {
        id: format!("{lasts_ms:032x}"),
        at: now - lasts_ms,
        lasts_ms,
        client: "Claude Code".to_owned(),
        key: "laptop".to_owned(),
        asked: "coding".to_owned(),
        combo: "coding".to_owned(),
        target: target.to_owned(),
        attempts,
        first_token_ms,
    };
    let rows = vec![
        going(41_000, "anthropic/claude-sonnet-4-5", 1, Some(1_900)),
        going(6_400, "glm/glm-4.7", 2, None),
    ];
    UnderWayNow { count: 2, rows }
}

pub fn account(now: Millis, id: i64, provider: &str, name: &str, health: Health) -> AccountRow {
    let (sentence, error) = match health {
        Health::Ready => ("Works.", ""),
        Health::Off => ("Switched off by you.", ""),
        Health::Parked => ("The 5-hour limit is used up.", "429: usage limit reached, resets at 17:00"),
        Health::Refused => (
            "DeepSeek refused this key (401). Paste a new one or remove the account.",
            "401: invalid api key",
        ),
    };
    AccountRow {
        id,
        provider_id: provider.to_owned(),
        name: name.to_owned(),
        masked_key: if provider == "ollama" { "" } else { "••••9f2c" }.to_owned(),
        token: None,
        fields: if provider == "azure" {
            [("resource".to_owned(), "my-team".to_owned())].into()
        } else {
            Default::default()
        },
        priority: i32::try_from(id).unwrap_or(1),
        enabled: health != Health::Off,
        health,
        sentence: sentence.to_owned(),
        parked_until: matches!(health, Health::Parked | Health::Refused)
            .then_some(now + 2 * HOUR + 54 * MINUTE),
        waiting: waiting(now, id),
        in_flight: if id == 2 { 3 } else { 0 },
        budget: match id {
            2 => Some(Budget { measure: Measure::Tokens, amount: 5_000_000, period: Period::Week }),
            5 => Some(Budget { measure: Measure::Cost, amount: 20_000_000_000, period: Period::Month }),
            _ => None,
        },
        reserve: 0,
        proxy: String::new(),
        spent: Spent { tokens: 3_211_400, cost: 19_871_204_500 },
        last_error: error.to_owned(),
        last_error_at: (!error.is_empty()).then_some(now - 12 * MINUTE),
        last_used_at: (health != Health::Off).then_some(now - 4 * MINUTE),
        created_at: now - 19 * 24 * HOUR,
    }
}

/// What waits at one account, and not at the others.
fn waiting(now: Millis, id: i64) -> Vec<WaitingModel> {
    let model = |model: &str, after: i64, why: &str, circuit| WaitingModel {
        model: model.to_owned(),
        until: now + after,
        why: why.to_owned(),
        circuit,
    };
    match id {
        2 => vec![
            model("claude-haiku-4-5", 18_000, "Overloaded (529) three times in a row.", true),
            model("claude-opus-4-5", 26 * HOUR, "Its weekly limit is used up.", false),
        ],
        _ => Vec::new(),
    }
}

/// What accounts say beside their key, at one provider.
fn fields(id: &str) -> Vec<FieldRow> {
    let field = |name: &str, label: &str, help: &str, choices: Vec<(String, String)>| FieldRow {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        choices,
        default: String::new(),
        optional: false,
    };
    let region = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    match id {
        "azure" => vec![
            field("resource", "Resource", "The first part of its endpoint.", Vec::new()),
            field("region", "Region", "", vec![region("eu", "Europe"), region("us", "United States")]),
        ],
        "gitlab-duo" => {
            let instance = field("instance", "Instance", "The host name of your GitLab.", Vec::new());
            vec![FieldRow { default: "gitlab.com".to_owned(), ..instance }]
        }
        _ => Vec::new(),
    }
}

fn sign_in(id: &str) -> Option<SignInRow> {
    let row = |on, only: &str| SignInRow {
        flows: vec![Flow::Code],
        terms: "This login is meant for the vendor's own program. It may block an account.".to_owned(),
        on,
        opt_in: true,
        clients_at: String::new(),
        only: only.to_owned(),
    };
    match id {
        "openai-codex" => Some(row(true, "Codex")),
        "claude-pro" => Some(row(false, "Claude Code")),
        "xai" => Some(SignInRow {
            flows: vec![Flow::Device, Flow::Code],
            clients_at: "https://xai.example/apps".to_owned(),
            ..row(true, "")
        }),
        "gitlab-duo" => Some(SignInRow {
            terms: String::new(),
            opt_in: false,
            clients_at: "https://gitlab.example/apps".to_owned(),
            ..row(true, "")
        }),
        _ => None,
    }
}

/// Accounts that are signed in to, in each state.
fn signed_in(now: Millis) -> Vec<AccountRow> {
    let row = |id, name: &str, health, state, sentence: &str| AccountRow {
        masked_key: String::new(),
        sentence: sentence.to_owned(),
        last_error: String::new(),
        last_error_at: None,
        token: Some(TokenRow {
            state,
            keyed: false,
            expires_at: Some(now + 50 * MINUTE),
            renewed_at: now - 10 * MINUTE,
        }),
        ..account(now, id, "openai-codex", name, health)
    };
    vec![
        row(31, "ada@example.com", Health::Ready, TokenState::Active, "Ready."),
        row(
            32,
            "ada@work.example",
            Health::Refused,
            TokenState::NeedsSignIn,
            "Its sign-in has ended: OpenAI Codex says: refresh_token_reused. Sign in again.",
        ),
    ]
}

fn provider(id: &str, name: &str, tier: Tier, models: usize) -> ProviderRow {
    ProviderRow {
        id: id.to_owned(),
        name: name.to_owned(),
        prefix: id.to_owned(),
        tier,
        auth: match id {
            "openai-codex" | "claude-pro" => AuthKind::SignIn,
            _ if tier == Tier::Local => AuthKind::Nothing,
            _ => AuthKind::Key,
        },
        sign_in: sign_in(id),
        fields: fields(id),
        custom: id == "homelab",
        nearby: id == "ollama",
        models,
        models_off: usize::from(id == "glm"),
        dialects: if id == "anthropic" { vec!["messages".to_owned()] } else { vec!["chat".to_owned()] },
        rotation: if id == "glm" { Rotation::RoundRobin } else { Rotation::FillFirst },
        accounts: Vec::new(),
    }
}

pub fn connected(now: Millis) -> Vec<ProviderRow> {
    let with = |row: ProviderRow, accounts: Vec<AccountRow>| ProviderRow { accounts, ..row };
    vec![
        with(
            provider("anthropic", "Anthropic", Tier::Subscription, 6),
            vec![
                account(now, 1, "anthropic", "personal", Health::Parked),
                account(now, 2, "anthropic", "work", Health::Ready),
            ],
        ),
        with(
            provider("glm", "GLM Coding Plan", Tier::Subscription, 4),
            vec![account(now, 3, "glm", "main", Health::Ready), account(now, 4, "glm", "spare", Health::Off)],
        ),
        with(
            provider("deepseek", "DeepSeek", Tier::Cheap, 2),
            vec![account(now, 5, "deepseek", "work", Health::Refused)],
        ),
        with(
            provider("groq", "Groq", Tier::Free, 9),
            vec![account(now, 6, "groq", "personal", Health::Ready)],
        ),
        with(
            provider("homelab", "Homelab vLLM", Tier::Local, 1),
            vec![account(now, 7, "homelab", "gpu box", Health::Ready)],
        ),
    ]
}

pub fn catalogue() -> Vec<ProviderRow> {
    let subscription = ["Anthropic", "GLM Coding Plan", "Kimi Coding", "MiniMax Coding", "Alibaba Coding"];
    let signed = ["OpenAI Codex", "Claude Pro"];
    let cheap = [
        "DeepSeek",
        "OpenAI",
        "Mistral",
        "xAI",
        "Together AI",
        "Fireworks AI",
        "DeepInfra",
        "SiliconFlow",
        "Novita AI",
        "Hyperbolic",
        "Nebius",
        "Perplexity",
        "Cohere",
        "OpenRouter",
        "SambaNova",
        "Baseten",
        "Azure",
        "GitLab Duo",
    ];
    let free =
        ["Groq", "Cerebras", "Google AI Studio", "GitHub Models", "NVIDIA NIM", "Cloudflare Workers AI"];
    let local = ["Ollama", "LM Studio", "vLLM", "llama.cpp"];
    let rows = |names: &[&str], tier| {
        names
            .iter()
            .zip(0_usize..)
            .map(|(name, at)| {
                let id = name.to_lowercase().replace([' ', '.'], "-");
                let id = id.strip_suffix("-coding-plan").unwrap_or(&id);
                provider(id, name, tier, (at * 7) % 23)
            })
            .collect::<Vec<_>>()
    };
    [
        rows(&subscription, Tier::Subscription),
        rows(&signed, Tier::Subscription),
        rows(&cheap, Tier::Cheap),
        rows(&free, Tier::Free),
        rows(&local, Tier::Local),
    ]
    .concat()
}

pub fn provider_detail(now: Millis, id: &str, full: bool) -> Option<ProviderDetail> {
    let mut row = connected(now).into_iter().filter(|_| full).chain(catalogue()).find(|row| row.id == id)?;
    if row.id == "openai-codex" {
        row.accounts = signed_in(now);
    }
    if row.id == "gitlab-duo" {
        // Its key was exchanged for a token.
        let exchanged = signed_in(now).into_iter().take(1);
        let keyed = |account: AccountRow| AccountRow {
            provider_id: row.id.clone(),
            token: account.token.map(|token| TokenRow { keyed: true, ..token }),
            ..account
        };
        row.accounts = exchanged.map(keyed).collect();
    }
    let mut models =
        vec!["openai/gpt-oss-120b", "llama-3.3-70b-versatile", "qwen3-32b", "kimi-k2-instruct", "glm-4.7"];
    if id == "openrouter" {
        models.extend(["mistral-large", "command-a", "grok-5", "deepseek-v4", "nemotron-3"]);
    }
    let custom = row.custom;
    let model = |(at, name): (usize, &&str)| ModelRow {
        id: (*name).to_owned(),
        full_name: format!("{}/{name}", row.prefix),
        name: name.rsplit('/').next().unwrap_or_default().replace('-', " "),
        context: (at != 3).then_some(131_072),
        gone: at == 4 && !custom,
        found: at == 3,
        on: at != 1,
        price: (at != 2).then_some(Price {
            input: 150_000_000,
            output: 750_000_000,
            cache_read: (at == 0).then_some(75_000_000),
            cache_write: None,
        }),
    };
    let failures = if full && row.tier == Tier::Cheap {
        vec![request_row(now, 3), request_row(now, 17)]
    } else {
        Vec::new()
    };
    let terms = if row.tier == Tier::Subscription {
        "This plan is sold for use with the vendor's own tools. Whether it may be used through a router is for the vendor \
         to say; it may close the account."
    } else {
        ""
    };
    Some(ProviderDetail {
        quota: Vec::new(),
        lists: true,
        listed_at: full.then_some(now - 9 * MINUTE).filter(|_| !custom),
        unlisted: if custom { "it answered with 404: Not Found".to_owned() } else { String::new() },
        keys_at: format!("https://console.{id}.example/keys"),
        terms: terms.to_owned(),
        speaks: vec![
            SpeaksRow {
                dialect: "chat".to_owned(),
                url: format!("https://api.{id}.example/v1/chat/completions"),
            },
            SpeaksRow {
                dialect: "messages".to_owned(),
                url: format!("https://api.{id}.example/v1/messages"),
            },
        ],
        models: models.iter().enumerate().map(model).collect(),
        failures,
        private_network: row.custom,
        row,
    })
}

pub fn keys(now: Millis) -> Vec<KeyRow> {
    let key = |id, name: &str, masked: &str, requests, used: Option<Millis>| KeyRow {
        id,
        name: name.to_owned(),
        masked: masked.to_owned(),
        created_at: now - id * 24 * HOUR,
        last_used_at: used,
        requests,
    };
    vec![
        key(1, "ci", "••••k2Lp", 0, None),
        key(4, "cline", "••••Zt81", 1_204, Some(now - 2 * HOUR)),
        key(19, "claude-code laptop", "••••q9Vd", 18_442, Some(now - 8_000)),
    ]
}

pub fn models() -> Vec<String> {
    [
        "coder",
        "anthropic/claude-sonnet-4-5",
        "glm/glm-4.7",
        "groq/openai/gpt-oss-120b",
        "groq/llama-3.3-70b-versatile",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub fn sessions(now: Millis) -> Vec<SessionRow> {
    let session = |id: &str, current, browser: &str, address: &str, hours: i64| SessionRow {
        id: id.to_owned(),
        current,
        browser: browser.to_owned(),
        address: address.to_owned(),
        created_at: now - hours * HOUR,
        expires_at: now + (14 * 24 - hours) * HOUR,
    };
    vec![
        session("a", true, "Firefox on Linux", "127.0.0.1", 2),
        session("b", false, "Safari on iPhone", "192.168.1.31", 70),
    ]
}
