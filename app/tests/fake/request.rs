//! Made-up stories of single requests.

use super::data::request_row;
use app::api::combos::PlanRow;
use app::api::prices::PriceFrom;
use app::api::requests::{
    AttemptRow, Cause, Exclusion, LeftOut, Outcome, PriceLine, PriceUnit, RequestDetail, RequestRow,
};
use app::api::saver::SaverLevel;
use app::api::terse::Terse;
use app::api::{Millis, Tier};

fn attempt(target: &str, account: &str, start_ms: i64, total_ms: i64) -> AttemptRow {
    AttemptRow {
        target: target.to_owned(),
        account: account.to_owned(),
        start_ms,
        first_token_ms: None,
        total_ms,
        status: Some(429),
        won: false,
        cause: Cause::Plan,
        verdict: String::new(),
        rule: String::new(),
        error: String::new(),
    }
}

/// An account that is used up, a provider that cannot be reached, then an answer.
fn fallback(row: &RequestRow) -> Vec<AttemptRow> {
    let mut attempts = Vec::new();
    if row.attempts > 1 {
        attempts.push(AttemptRow {
            verdict: "Parked the account until 17:00, then tried the next one.".to_owned(),
            rule: "anthropic/usage-limit".to_owned(),
            error: "Anthropic says that the 5-hour limit is used up.".to_owned(),
            ..attempt("anthropic/claude-sonnet-4-5", "personal", 4, 612)
        });
        attempts.push(AttemptRow {
            status: None,
            verdict: "Tried the next target.".to_owned(),
            rule: "default/unreachable".to_owned(),
            error: "No connection to api.deepseek.com within 10 s.".to_owned(),
            ..attempt("deepseek/deepseek-chat", "work", 620, 1_910)
        });
    }
    if row.outcome != Outcome::Failed {
        let start_ms = if attempts.is_empty() { 3 } else { 2_534 };
        attempts.push(AttemptRow {
            status: Some(200),
            won: true,
            first_token_ms: Some(640),
            ..attempt(&row.target, &row.account, start_ms, 4_200)
        });
    }
    attempts
}

/// A retry, a hedge that is faster than the one it was started beside, and an answer that another went on with.
fn eventful() -> Vec<AttemptRow> {
    vec![
        AttemptRow {
            status: Some(529),
            verdict: "Tried once more at the same account after 400 ms.".to_owned(),
            rule: "anthropic/overloaded".to_owned(),
            error: "Anthropic is overloaded (529).".to_owned(),
            ..attempt("anthropic/claude-sonnet-4-5", "work", 3, 310)
        },
        AttemptRow {
            status: Some(200),
            cause: Cause::Retry,
            verdict: "Dropped: the next target was faster.".to_owned(),
            ..attempt("anthropic/claude-sonnet-4-5", "work", 720, 14_300)
        },
        AttemptRow {
            status: Some(200),
            won: true,
            cause: Cause::Hedge,
            first_token_ms: Some(2_200),
            verdict: "The next target went on with the answer.".to_owned(),
            rule: "default/cut-stream".to_owned(),
            error: "The stream was cut after 1,204 tokens.".to_owned(),
            ..attempt("glm/glm-4.7", "main", 12_740, 9_800)
        },
        AttemptRow {
            status: Some(200),
            won: true,
            cause: Cause::Rescue,
            first_token_ms: Some(900),
            ..attempt("groq/openai/gpt-oss-120b", "personal", 22_560, 6_400)
        },
    ]
}

pub fn request_detail(now: Millis, id: &str) -> Option<RequestDetail> {
    let (number, mut row) = (0..50).map(|at| (at, request_row(now, at))).find(|(_, row)| row.id == id)?;
    // One of those with several attempts has seen everything.
    let everything = number == 8;
    let attempts = if everything { eventful() } else { fallback(&row) };
    if let Some(end) = attempts.iter().map(|one| one.start_ms + one.total_ms).max()
        && row.outcome != Outcome::Failed
    {
        row.total_ms = end + 10;
    }
    if everything {
        row.attempts = 4;
        row.first_token_ms = Some(14_940);
        row.target = "groq/openai/gpt-oss-120b".to_owned();
    }
    let headline = match row.attempts {
        _ if row.outcome == Outcome::Failed => {
            "No target could answer: every account is rate limited.".to_owned()
        }
        _ if everything => {
            "glm/glm-4.7 answered when claude-sonnet-4-5 was silent, and gpt-oss-120b went on.".to_owned()
        }
        1 => format!("Answered by {} at the first attempt.", row.target),
        _ => format!("Answered by {} after claude-sonnet-4-5 hit its 5-hour limit.", row.target),
    };
    let price = |label: &str, count: i64, price: Option<i64>| PriceLine {
        label: label.to_owned(),
        count,
        unit: PriceUnit::MillionTokens,
        price,
        cost: price.map(|price| price * count / 1_000_000),
    };
    let known = row.cost.is_some();
    let prices = row.tokens.map_or(Vec::new(), |tokens| {
        vec![
            price("Fresh input", tokens.input, known.then_some(600_000_000)),
            price("Cache read", tokens.cache_read, known.then_some(110_000_000)),
            price("Cache write", tokens.cache_write, known.then_some(0)),
            price("Output", tokens.output, known.then_some(2_200_000_000)),
        ]
    });
    row.cost = if known { prices.iter().map(|line| line.cost).sum() } else { None };
    let step = |target: &str, account: &str, tier, why: &str| PlanRow {
        target: target.to_owned(),
        account: account.to_owned(),
        tier: Some(tier),
        why: why.to_owned(),
    };
    let plan = vec![
        step("anthropic/claude-sonnet-4-5", "work", Tier::Subscription, "the conversation's own account"),
        step("glm/glm-4.7", "main", Tier::Subscription, "second in the combo"),
        step("groq/openai/gpt-oss-120b", "personal", Tier::Free, "third in the combo"),
    ];
    Some(RequestDetail {
        headline,
        plan: if row.attempts > 1 { plan } else { Vec::new() },
        attempts,
        upstream_dialect: "chat".to_owned(),
        dropped: vec![LeftOut {
            what: "metadata.user_id".to_owned(),
            why: "chat has no such member".to_owned(),
        }],
        exclusions: vec![
            Exclusion {
                what: "groq/llama-3.3-70b-versatile".to_owned(),
                why: "Its context window of 131k tokens is too small for this request.".to_owned(),
            },
            Exclusion { what: "glm/glm-4.7, spare".to_owned(), why: "Switched off by you.".to_owned() },
        ],
        images: 0,
        stated: false,
        price_from: if known { PriceFrom::Catalogue } else { PriceFrom::Unknown },
        list_cost: if row.covered { prices.iter().map(|line| line.cost).sum() } else { None },
        prices,
        reasoning_tokens: known.then_some(212),
        bytes_in: 198_441,
        bytes_out: 14_020,
        saver_level: SaverLevel::Safe,
        terse: Terse::Full,
        savings: vec![super::saver::saving("test-output", "Bash", 3, 4_120, 940)],
        saved_cost: Some(954_000),
        upstream_id: "msg_01XFDUDYJgAACzvnptvVoYEL".to_owned(),
        finish: "end_turn".to_owned(),
        payload: if row.attempts > 1 { super::payload::sizes() } else { Vec::new() },
        row,
    })
}
