mod properties;

use super::*;
use crate::config::Secret;
use crate::store::snapshot::Keepers;
use crate::store::snapshot::{Parts, build};
use crate::store::{StoredAccount, StoredEndpoint};
use app::api::combos::{Alias, Combo, ComboTarget};
use catalog::{Catalog, Park};

const NOW: i64 = 1_763_700_000_000;

fn account(id: i64, provider: &str) -> StoredAccount {
    StoredAccount {
        tokens: None,
        reserve: 0,
        proxy: None,
        id,
        provider_id: provider.to_owned(),
        name: format!("account {id}"),
        key: Some(Secret::from("sk-test".to_owned())),
        key_tail: String::new(),
        fields: std::collections::BTreeMap::new(),
        priority: 1,
        enabled: true,
        parked_until: None,
        refused: false,
        parked_why: String::new(),
        budget: None,
        parked_models: Vec::new(),
        last_error: String::new(),
        last_error_at: None,
        created_at: 0,
    }
}

/// What is configured beside the accounts.
fn parts(accounts: Vec<StoredAccount>) -> Parts {
    let target = |model: &str, enabled| ComboTarget { enabled, ..ComboTarget::new(model) };
    Parts {
        accounts,
        endpoints: vec![StoredEndpoint {
            prefix: "home".to_owned(),
            name: "Home".to_owned(),
            dialect: "chat".to_owned(),
            base_url: "http://10.0.0.2/v1".to_owned(),
            private_network: true,
            models: vec!["tiny".to_owned()],
        }],
        combos: vec![Combo::new(
            "work",
            vec![
                target("groq/llama-3.3-70b-versatile", true),
                target("openai/gpt-5", false),
                target("home/tiny", true),
                target("gone/model", true),
            ],
        )],
        aliases: vec![Alias { name: "fast".to_owned(), model: "groq/llama-3.3-70b-versatile".to_owned() }],
        ..Parts::default()
    }
}

fn snapshot(accounts: Vec<StoredAccount>) -> Snapshot {
    build(parts(accounts), &Catalog::builtin().unwrap(), &Keepers::default())
}

/// A request, as far as the plan depends on it.
struct Asking {
    model: String,
    dialect: Dialect,
    needs: Result<Needs, Malformed>,
}

impl Asking {
    fn new(model: &str, dialect: Dialect) -> Self {
        Self { model: model.to_owned(), dialect, needs: Ok(Needs::default()) }
    }
}

impl Asked for Asking {
    fn model(&self) -> &str {
        &self.model
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn needs(&self) -> Result<Needs, Malformed> {
        self.needs.clone()
    }
}

/// How things stand for a test.
#[derive(Default)]
struct Still {
    turn: u64,
    kept: Option<Kept>,
    spent: Spent,
}

impl Standing for Still {
    fn now(&self) -> i64 {
        NOW
    }

    fn turn(&self, _name: &str) -> u64 {
        self.turn
    }

    fn kept(&self) -> Option<Kept> {
        self.kept
    }

    fn spent(&self, _account: i64, _period: Period) -> Spent {
        self.spent
    }

    fn spent_at(&self, _combo: &str, _provider: &str, _model: &str, _period: Period) -> Spent {
        self.spent
    }
}

fn steps(snapshot: &Snapshot, asked: &str) -> Vec<String> {
    let plan = plan(snapshot, &Asking::new(asked, Dialect::Chat), &Still::default()).unwrap();
    plan.steps.iter().map(|step| format!("{} #{}", step.target.name(), step.account.id)).collect()
}

fn refusal(snapshot: &Snapshot, asked: &str, dialect: Dialect) -> NoPlan {
    *plan(snapshot, &Asking::new(asked, dialect), &Still::default()).unwrap_err()
}

#[test]
fn a_name_is_a_combo_then_an_alias_then_a_prefix_then_a_known_model() {
    let snapshot = snapshot(vec![account(1, "groq"), account(2, "home")]);
    let llama = "groq/llama-3.3-70b-versatile #1";
    assert_eq!(steps(&snapshot, "work"), [llama, "home/tiny #2"]);
    assert_eq!(steps(&snapshot, "fast"), [llama]);
    assert_eq!(steps(&snapshot, "groq/llama-3.3-70b-versatile"), [llama]);
    assert_eq!(steps(&snapshot, "llama-3.3-70b-versatile"), [llama]);
    assert_eq!(steps(&snapshot, "tiny[1m]"), ["home/tiny #2"]);
    // A provider may have more models than the catalogue lists, and their names may hold slashes.
    assert_eq!(steps(&snapshot, "groq/openai/new-model"), ["groq/openai/new-model #1"]);
}

#[test]
fn accounts_are_tried_in_order_and_those_left_out_say_why() {
    let mut off = account(2, "groq");
    off.enabled = false;
    let mut parked = account(3, "groq");
    parked.parked_until = Some(NOW + 90_000);
    parked.parked_why = "Rate limited (429)".to_owned();
    let snapshot = snapshot(vec![account(4, "groq"), off, parked, account(1, "groq")]);
    let plan = plan(&snapshot, &Asking::new("groq/m", Dialect::Chat), &Still::default()).unwrap();
    let ids: Vec<i64> = plan.steps.iter().map(|step| step.account.id).collect();
    assert_eq!(ids, [4, 1]);
    let reasons: Vec<&str> = plan.exclusions.iter().map(|left| left.why.as_str()).collect();
    assert_eq!(reasons, ["switched off", "Rate limited (429), tried again in 91 s"]);
}

#[test]
fn an_unknown_name_is_never_guessed_but_answered_with_the_nearest() {
    let snapshot = snapshot(vec![account(1, "groq"), account(2, "home")]);
    let none = refusal(&snapshot, "groqq/llama-3.3-70b-versatil", Dialect::Chat);
    assert_eq!(none.fault.kind, FaultKind::UnknownModel);
    assert!(
        none.fault.message.contains("Did you mean groq/llama-3.3-70b-versatile"),
        "{}",
        none.fault.message
    );
    let none = refusal(&snapshot, "claude-typo", Dialect::Messages);
    assert_eq!(none.fault.kind, FaultKind::UnknownModel);
}

#[test]
fn a_provider_of_another_dialect_is_used_unless_the_request_cannot_be_translated() {
    let snapshot = snapshot(vec![account(1, "groq"), account(2, "home")]);
    let mut asking = Asking::new("work", Dialect::Messages);
    let plan_of = |asking: &Asking| plan(&snapshot, asking, &Still::default());
    assert_eq!(plan_of(&asking).unwrap().steps.len(), 2);

    asking.needs =
        Ok(Needs { own_vendor: vec!["the hosted tool web_search".to_owned()], ..Needs::default() });
    let none = plan_of(&asking).unwrap_err();
    let said = "the hosted tool web_search cannot be translated from messages, and Groq does not speak it";
    assert!(none.fault.message.contains(said), "{}", none.fault.message);

    let body = br#"{"model":"work","messages":7}"#;
    asking.needs = Err(wire::decode(Dialect::Messages, body, false).unwrap_err());
    let none = plan_of(&asking).unwrap_err();
    assert_eq!(none.fault.kind, FaultKind::Malformed);
    assert_eq!(none.fault.message, "`messages` must be an array, not 7.");
}

#[test]
fn one_that_keeps_failing_is_better_than_nothing_whoever_else_is_trying_it() {
    let snapshot = snapshot(vec![account(1, "groq"), account(2, "home")]);
    let asking = Asking::new("groq/m", Dialect::Chat);
    let pulse = snapshot.provider("groq").unwrap().accounts[0].health.pulse_of("m");
    for _ in 0..3 {
        pulse.failed(NOW - 10_000, 20_000);
    }
    let why = |plan: Plan| plan.steps[0].why.clone();
    let made = || plan(&snapshot, &asking, &Still::default()).unwrap();
    assert_eq!(why(made()), "its only account that may be used", "its time has come");
    let trying = crate::accounts::pulse::Under::begin(&pulse, NOW).unwrap();
    assert_eq!(why(made()), "it keeps failing, but nothing else is left");
    drop(trying);
    pulse.failed(NOW, 20_000);
    assert_eq!(why(made()), "it keeps failing, but nothing else is left");
}

#[test]
fn a_provider_that_has_no_account_is_named() {
    let none = refusal(&snapshot(Vec::new()), "openai/gpt-5", Dialect::Chat);
    assert!(none.fault.message.contains("OpenAI has no account yet"), "{}", none.fault.message);
}

#[test]
fn when_all_are_parked_the_answer_says_when_the_first_comes_back() {
    let snapshot = snapshot(vec![account(1, "groq"), account(2, "groq")]);
    let provider = snapshot.provider("groq").unwrap();
    let park = |until, needs_person| Park { until, whole_account: true, needs_person };
    provider.accounts[0].health.park(park(NOW + 60_000, false), "m", "Rate limited (429)");
    provider.accounts[1].health.park(park(NOW + 3_600_000, true), "m", "Key refused (401)");
    let none = refusal(&snapshot, "groq/m", Dialect::Chat);
    assert_eq!((none.fault.kind, none.retry_after), (FaultKind::RateLimited, Some(61)));
    assert_eq!(none.exclusions.len(), 2);

    provider.accounts[0].health.park(park(NOW + 3_600_000, true), "m", "Key refused (401)");
    let none = refusal(&snapshot, "groq/m", Dialect::Chat);
    assert_eq!((none.fault.kind, none.retry_after), (FaultKind::Unavailable, None));
}
