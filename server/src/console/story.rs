//! What happened to a request, in a sentence: who answered, after whom, and why not they.

use super::requests::target;
use crate::store::{AttemptRecord, RequestRecord};
use app::api::requests::{Cause, Outcome};

/// What a rule means, as it stands after a name; empty where its own sentence says it better.
fn known(rule: &str) -> &'static str {
    match rule.rsplit('/').next().unwrap_or_default() {
        "silent" | "first-token limit" => "said nothing in time",
        "connection" => "could not be reached",
        "cut" => "broke off",
        "context-length" => "could not take so long a conversation",
        "rate-limit" | "rate-limit-words" => "was rate limited",
        "overloaded" => "was overloaded",
        "unauthorized" | "key-refused" => "refused its key",
        "no-credit" | "payment" => "had no credit left",
        "in-stream" => "failed while answering",
        "server" => "failed",
        rule if rule.starts_with("plan-") => "hit the limit of its plan",
        _ => "",
    }
}

/// What attempts did that a rule has judged: "was rate limited".
pub(super) fn judged(rule: &str) -> String {
    match known(rule) {
        "" => format!("failed ({})", rule.rsplit('/').next().unwrap_or_default().replace('-', " ")),
        known => known.to_owned(),
    }
}

/// What an attempt that came to nothing did, as it stands after a name: "was rate limited".
fn deed(attempt: &AttemptRecord) -> String {
    let known = known(&attempt.rule);
    if !known.is_empty() {
        return known.to_owned();
    }
    // The rule's own sentence stands before what the provider said.
    let sentence = attempt.error.split(": ").next().unwrap_or_default();
    if sentence.is_empty() { "failed".to_owned() } else { format!("failed ({sentence})") }
}

/// What came to nothing before the answer, each with what it did. Of tries on the same account the last counts; one
/// that was only started beside a slow one, which then answered, did nothing wrong.
fn lost(record: &RequestRecord) -> Vec<(&AttemptRecord, String)> {
    let beside =
        |attempt: &&AttemptRecord| attempt.cause == Cause::Hedge && attempt.rule == "first-token limit";
    let tried = || record.attempts.iter().filter(|attempt| !attempt.won).filter(|attempt| !beside(attempt));
    let same = |one: &AttemptRecord, other: &AttemptRecord| {
        (one.account_id, &one.provider_id, &one.model) == (other.account_id, &other.provider_id, &other.model)
    };
    let last =
        |place: usize, attempt: &AttemptRecord| !tried().skip(place + 1).any(|later| same(attempt, later));
    tried()
        .enumerate()
        .filter(|(place, attempt)| last(*place, attempt))
        .map(|(_, attempt)| (attempt, deed(attempt)))
        .collect()
}

/// Who an attempt asked, as told beside the target that the request ended at.
fn who(attempt: &AttemptRecord, record: &RequestRecord) -> String {
    let own = attempt.provider_id == record.provider_id && attempt.model == record.model;
    if !own {
        return target(&attempt.provider_id, &attempt.model);
    }
    match attempt.account_id == record.account_id {
        true => "a first try".to_owned(),
        false => format!("account {}", attempt.account_name),
    }
}

/// "x was rate limited and y said nothing in time"; only counted where there are many.
fn before(record: &RequestRecord) -> Option<String> {
    let lost = lost(record);
    let told: Vec<String> =
        lost.iter().map(|(attempt, deed)| format!("{} {deed}", who(attempt, record))).collect();
    match told.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [one, other] => Some(format!("{one} and {other}")),
        many => Some(format!("{} attempts failed", many.len())),
    }
}

/// Those whose words reached the client, in order, and what the first of them did then.
fn told_by(record: &RequestRecord) -> Vec<(String, String)> {
    let won = record.attempts.iter().filter(|attempt| attempt.won);
    won.map(|attempt| (target(&attempt.provider_id, &attempt.model), deed(attempt))).collect()
}

/// The headline of a request's page.
pub(super) fn headline(record: &RequestRecord) -> String {
    let last = target(&record.provider_id, &record.model);
    match record.outcome {
        Outcome::Answered => match told_by(record).as_slice() {
            [(first, deed), .., (other, _)] => {
                format!("Answered by {first}, continued by {other} after it {deed}.")
            }
            _ => match before(record) {
                Some(before) => format!("Answered by {last} after {before}."),
                None => format!("Answered by {last}."),
            },
        },
        Outcome::Failed if record.attempt_count == 0 => "Refused before any provider was asked.".to_owned(),
        Outcome::Failed if record.attempt_count == 1 => format!("Failed: {last} gave no answer."),
        Outcome::Failed => format!("Failed after {} attempts, {last} last.", record.attempt_count),
        Outcome::Broken => format!("The answer of {last} broke off."),
        Outcome::Cancelled => "The client left before the end.".to_owned(),
    }
}

/// What happened to a request that had to go elsewhere: "groq/llama was rate limited; glm/glm-4.7 answered".
pub(super) fn detour(record: &RequestRecord) -> String {
    let last = target(&record.provider_id, &record.model);
    let told = told_by(record);
    let mut parts: Vec<String> = lost(record)
        .iter()
        .filter(|(attempt, _)| attempt.cause != Cause::Rescue || told.len() < 2)
        .map(|(attempt, deed)| {
            let name = target(&attempt.provider_id, &attempt.model);
            let account =
                if name == last { format!(", account {},", attempt.account_name) } else { String::new() };
            format!("{name}{account} {deed}")
        })
        .collect();
    let breaks = told.iter().take(told.len().saturating_sub(1));
    parts.extend(breaks.map(|(name, deed)| format!("{name} {deed}")));
    parts.push(match record.outcome {
        Outcome::Answered if told.len() > 1 => format!("{last} went on"),
        Outcome::Answered => format!("{last} answered"),
        Outcome::Failed => "nothing answered".to_owned(),
        Outcome::Broken => "the answer broke off".to_owned(),
        Outcome::Cancelled => "the client left".to_owned(),
    });
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::AttemptRecord;

    fn attempt(provider: &str, account: i64, rule: &str) -> AttemptRecord {
        AttemptRecord {
            provider_id: provider.to_owned(),
            model: "m".to_owned(),
            account_id: Some(account),
            account_name: format!("number {account}"),
            rule: rule.to_owned(),
            won: rule.is_empty(),
            ..AttemptRecord::default()
        }
    }

    fn record(outcome: Outcome, attempts: Vec<AttemptRecord>) -> RequestRecord {
        let last = attempts.last().cloned().unwrap_or_default();
        RequestRecord {
            provider_id: last.provider_id,
            model: last.model,
            account_id: last.account_id,
            account_name: last.account_name,
            streaming: true,
            status: 200,
            outcome,
            attempt_count: i32::try_from(attempts.len()).unwrap(),
            attempts,
            ..RequestRecord::default()
        }
    }

    fn told(outcome: Outcome, attempts: Vec<AttemptRecord>) -> (String, String) {
        let record = record(outcome, attempts);
        (headline(&record), detour(&record))
    }

    #[test]
    fn who_answered_after_whom_is_told_in_one_sentence() {
        let answered = |attempts| told(Outcome::Answered, attempts);
        assert_eq!(answered(vec![attempt("glm", 2, "")]).0, "Answered by glm/m.");
        let (headline, detour) =
            answered(vec![attempt("claude", 1, "anthropic/plan-window"), attempt("glm", 2, "")]);
        assert_eq!(headline, "Answered by glm/m after claude/m hit the limit of its plan.");
        assert_eq!(detour, "claude/m hit the limit of its plan; glm/m answered");
        let (headline, detour) = answered(vec![
            attempt("glm", 1, "default/rate-limit"),
            attempt("groq", 3, "default/server"),
            attempt("glm", 2, ""),
        ]);
        assert_eq!(headline, "Answered by glm/m after account number 1 was rate limited and groq/m failed.");
        assert_eq!(detour, "glm/m, account number 1, was rate limited; groq/m failed; glm/m answered");
        let twice = vec![attempt("glm", 2, "default/server"), attempt("glm", 2, "")];
        assert_eq!(answered(twice).0, "Answered by glm/m after a first try failed.");
        let own = AttemptRecord {
            error: "Odd failure (418): I am a teapot".to_owned(),
            ..attempt("a", 1, "a/odd")
        };
        assert_eq!(
            answered(vec![own, attempt("glm", 2, "")]).0,
            "Answered by glm/m after a/m failed (Odd failure (418))."
        );
        let many = (0..3).map(|account| attempt("groq", account, "default/server"));
        let many = many.chain([attempt("glm", 9, "")]).collect();
        assert_eq!(answered(many).0, "Answered by glm/m after 3 attempts failed.");
    }

    #[test]
    fn hedges_and_rescues_are_told_as_what_they_were() {
        let beside = |rule| AttemptRecord { cause: Cause::Hedge, ..attempt("glm", 2, rule) };
        let (headline, detour) =
            told(Outcome::Answered, vec![attempt("groq", 1, "first-token limit"), beside("")]);
        assert_eq!(headline, "Answered by glm/m after groq/m said nothing in time.");
        assert_eq!(detour, "groq/m said nothing in time; glm/m answered");
        let mut slow = record(Outcome::Answered, vec![beside("first-token limit"), attempt("groq", 1, "")]);
        slow.attempts.reverse();
        assert_eq!(super::headline(&slow), "Answered by groq/m.");

        let broken = AttemptRecord { won: true, ..attempt("groq", 1, "default/cut") };
        let rescue = AttemptRecord { cause: Cause::Rescue, ..attempt("glm", 2, "") };
        let (headline, detour) = told(Outcome::Answered, vec![broken, rescue]);
        assert_eq!(headline, "Answered by groq/m, continued by glm/m after it broke off.");
        assert_eq!(detour, "groq/m broke off; glm/m went on");

        let (headline, detour) = told(Outcome::Failed, vec![attempt("groq", 1, "default/rate-limit")]);
        assert_eq!(
            (headline.as_str(), detour.as_str()),
            (
                "Failed: groq/m gave no answer.",
                "groq/m, account number 1, was rate limited; nothing answered",
            )
        );
    }
}
