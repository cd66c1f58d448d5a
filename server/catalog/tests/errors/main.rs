//! What vendors really answered, and what it means for the request. Where a date stands beside them, bodies and
//! headers are those of vendors' documentation or of issue threads, with ids and keys shortened; those without one have
//! the shape that the vendor's API has.

mod in_stream;
mod with_file;
mod without_file;

use std::sync::Arc;

use catalog::{Catalog, Dialect, Failure, Park, Provider, Ruling, Speaks, Tier, Verdict};

/// 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What should follow, with the wait in milliseconds from now.
#[derive(Debug, PartialEq)]
enum Next {
    Retry(u64),
    /// Another account; this one keeps its other models.
    Account(i64),
    /// Another account; this one is left alone whole.
    Whole(i64),
    /// Another account; a person must mend this one.
    Person(i64),
    AccountAtOnce,
    Target,
    TargetAfter(i64),
    Stop,
}

fn next(verdict: &Verdict) -> Next {
    match *verdict {
        Verdict::RetryHere { after_ms } => Next::Retry(after_ms),
        Verdict::NextAccount { park: None } => Next::AccountAtOnce,
        Verdict::NextAccount { park: Some(Park { until, needs_person: true, .. }) } => {
            Next::Person(until - NOW)
        }
        Verdict::NextAccount { park: Some(Park { until, whole_account: true, .. }) } => {
            Next::Whole(until - NOW)
        }
        Verdict::NextAccount { park: Some(Park { until, .. }) } => Next::Account(until - NOW),
        Verdict::NextTarget { park: None } => Next::Target,
        Verdict::NextTarget { park: Some(park) } => Next::TargetAfter(park.until - NOW),
        Verdict::Stop => Next::Stop,
    }
}

/// Provider, status, body, headers, then the rule and what should follow.
type Case = (&'static str, u16, &'static str, &'static [(&'static str, &'static str)], &'static str, Next);

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The provider of this id, else one that a person described: it has the default rules alone.
fn provider(catalog: &Catalog, id: &str) -> Arc<Provider> {
    catalog.get(id).cloned().unwrap_or_else(|| {
        let speaks = Speaks::at_base(Dialect::Chat, "https://llm.example.com/v1");
        Arc::new(catalog.custom(id, id, Tier::Cheap, speaks, []))
    })
}

fn ruling(provider: &Provider, status: u16, body: &str, pairs: &[(&str, &str)]) -> Ruling {
    let failure = Failure {
        status: Some(status),
        silent: false,
        message: "",
        code: "",
        kind: "",
        body,
        headers: &headers(pairs),
    };
    provider.rule_on(&failure, NOW)
}

/// Panics where an answer is not judged as expected, naming all that are not.
fn check(catalog: &Catalog, cases: &[Case]) {
    let mut wrong = Vec::new();
    for (id, status, body, pairs, rule, expected) in cases {
        let ruling = ruling(&provider(catalog, id), *status, body, pairs);
        if ruling.rule != *rule || next(&ruling.verdict) != *expected {
            wrong
                .push(format!("{id} {status} {body}\n  expected {rule} {expected:?}\n  got      {ruling:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_message_and_code_alone_are_enough() {
    let catalog = Catalog::builtin().unwrap();
    let failure = Failure {
        status: Some(429),
        silent: false,
        message: "Usage limit reached for 5 hour. Your limit will reset at 2026-11-21 22:00:00",
        code: "1308",
        kind: "",
        body: "",
        headers: &[],
    };
    let ruling = catalog.get("glm").unwrap().rule_on(&failure, NOW);
    assert_eq!((ruling.rule.as_str(), next(&ruling.verdict)), ("glm/plan-limit", Next::Whole(2 * HOUR)));
    assert_eq!(ruling.sentence, "Usage limit of the plan reached (429)");
}

#[test]
fn no_answer_is_retried_once_but_silence_is_not() {
    let catalog = Catalog::builtin().unwrap();
    let provider = catalog.get("openai").unwrap();
    let mut failure =
        Failure { status: None, silent: false, message: "", code: "", kind: "", body: "", headers: &[] };
    let reset = provider.rule_on(&failure, NOW);
    assert_eq!(next(&reset.verdict), Next::Retry(350));
    assert_eq!(reset.sentence, "Connection failed");
    failure.silent = true;
    let silent = provider.rule_on(&failure, NOW);
    assert_eq!(next(&silent.verdict), Next::AccountAtOnce);
    assert_eq!(silent.sentence, "No answer in time");
}

#[test]
fn words_a_model_wrote_far_into_a_body_decide_nothing() {
    let catalog = Catalog::builtin().unwrap();
    let body =
        format!("{{\"error\":{{\"message\":\"bad\"}},\"echo\":\"{}invalid api key\"}}", "x".repeat(20_000));
    let failure = Failure {
        status: Some(400),
        silent: false,
        message: "bad",
        code: "",
        kind: "",
        body: &body,
        headers: &[],
    };
    let ruling = catalog.get("openai").unwrap().rule_on(&failure, NOW);
    assert_eq!((ruling.verdict, ruling.rule.as_str()), (Verdict::Stop, "default/caller"));
}
