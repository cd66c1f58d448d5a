//! What holds for every plan, whatever the combos, the accounts and how they are doing.

use super::*;
use crate::accounts::pulse::Under;
use app::api::combos::Strategy as Order;
use app::api::providers::Rotation;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Reading it takes longer than a plan.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().unwrap());

/// What may stand in a combo: models of three providers, one of a provider that is gone, and combos.
const NAMES: [&str; 8] = [
    "groq/llama-3.3-70b-versatile",
    "openai/gpt-5",
    "home/tiny",
    "tiny",
    "gone/model",
    "combo-0",
    "combo-1",
    "combo-2",
];
const PROVIDERS: [&str; 3] = ["groq", "openai", "home"];

/// An account and how it is doing; times are in ms from now.
#[derive(Clone, Debug)]
struct Doing {
    provider: &'static str,
    enabled: bool,
    parked: Option<(i64, bool)>,
    /// For these models, by their place in the names.
    parked_models: Vec<(usize, i64)>,
    /// Failures in a row of a model, and when the last was.
    failures: Vec<(usize, u32, i64)>,
    first_tokens: Vec<(usize, i64)>,
    under_way: Vec<usize>,
    renewed: Option<i64>,
}

fn doing() -> impl Strategy<Value = Doing> {
    let state = (select(&PROVIDERS[..]), any::<bool>(), option::of((-9_000_i64..9_000, any::<bool>())));
    let models = (
        vec((0_usize..3, -9_000_i64..9_000), 0..3),
        vec((0_usize..3, 0_u32..6, -30_000_i64..0), 0..3),
        vec((0_usize..3, 1_i64..9_000_000), 0..3),
        vec(0_usize..3, 0..3),
    );
    (state, models, option::of(-9_000_i64..9_000_000)).prop_map(
        |((provider, off, parked), (parked_models, failures, first_tokens, under_way), renewed)| Doing {
            provider,
            enabled: !off,
            parked,
            parked_models,
            failures,
            first_tokens,
            under_way,
            renewed,
        },
    )
}

fn combos() -> impl Strategy<Value = Vec<Combo>> {
    let target = (select(&NAMES[..]), any::<bool>(), 1..1000).prop_map(|(name, off, weight)| ComboTarget {
        enabled: !off || weight > 500,
        weight,
        ..ComboTarget::new(name)
    });
    let combo = (vec(target, 0..6), select(&Order::ALL[..]), option::of(1..20));
    vec(combo, 3).prop_map(|combos| {
        let combos = combos.into_iter().enumerate();
        let named = combos.map(|(number, (targets, strategy, max_attempts))| Combo {
            strategy,
            max_attempts,
            ..Combo::new(format!("combo-{number}"), targets)
        });
        named.collect()
    })
}

/// All that a plan goes by; requests under way last as long as what is given beside.
fn world(accounts: &[Doing], combos: &[Combo], rotates: bool) -> (Snapshot, Vec<Under>) {
    let model = |place: usize| NAMES[place].split_once('/').map_or("", |(_, model)| model);
    let stored = (1..).zip(accounts).map(|(id, doing)| StoredAccount {
        enabled: doing.enabled,
        parked_until: doing.parked.map(|(at, _)| NOW + at),
        refused: doing.parked.is_some_and(|(_, refused)| refused),
        parked_models: doing
            .parked_models
            .iter()
            .map(|(place, at)| (model(*place).to_owned(), NOW + at, "Rate limited".to_owned()))
            .collect(),
        ..account(id, doing.provider)
    });
    let rotation = if rotates { Rotation::RoundRobin } else { Rotation::FillFirst };
    let parts = Parts {
        combos: combos.to_vec(),
        rotations: PROVIDERS.map(|provider| (provider.to_owned(), rotation)).into_iter().collect(),
        ..parts(stored.collect())
    };
    let snapshot = build(parts, &CATALOG, &Keepers::default());
    let mut under_way = Vec::new();
    for (id, doing) in (1..).zip(accounts) {
        let provider = snapshot.provider(doing.provider).unwrap();
        let health = &provider.accounts.iter().find(|account| account.id == id).unwrap().health;
        for (place, at) in &doing.first_tokens {
            health.pulse_of(model(*place)).answered(*at);
        }
        for (place, count, at) in &doing.failures {
            (0..*count).for_each(|_| health.pulse_of(model(*place)).failed(NOW + at, 20_000));
        }
        let begun =
            doing.under_way.iter().filter_map(|place| Under::begin(&health.pulse_of(model(*place)), NOW));
        under_way.extend(begun);
        if let Some(at) = doing.renewed {
            health.note_quota(NOW + at);
        }
    }
    (snapshot, under_way)
}

/// A plan as text.
fn text(made: &Result<Plan, Box<NoPlan>>) -> String {
    match made {
        Ok(plan) => format!("{:?} {:?} {:?} {:?}", plan.rows(), plan.exclusions, plan.limits, plan.earliest),
        Err(none) => format!("{none:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_plan_is_bounded_has_nothing_twice_and_nothing_that_is_left_out(
        accounts in vec(doing(), 0..7),
        combos in combos(),
        asked in select(&NAMES[..]),
        turn in any::<u64>(),
        kept in option::of((1_i64..8, select(&NAMES[..3]))),
        rotates in any::<bool>(),
    ) {
        let kept = kept.map(|(account, name)| Kept {
            account,
            target: crate::gateway::standing::target_hash(name),
        });
        let still = Still { turn, kept, ..Still::default() };
        let (snapshot, _under_way) = world(&accounts, &combos, rotates);
        let made = plan(&snapshot, &Asking::new(asked, Dialect::Chat), &still);

        let (again, _under_way) = world(&accounts, &combos, rotates);
        prop_assert_eq!(text(&made), text(&plan(&again, &Asking::new(asked, Dialect::Chat), &still)));

        let plan = match made {
            Ok(plan) => plan,
            Err(none) => {
                prop_assert!(!none.fault.message.is_empty());
                prop_assert!(none.retry_after.is_none_or(|seconds| seconds > 0), "{:?}", none);
                return Ok(());
            }
        };
        prop_assert!(!plan.steps.is_empty());
        prop_assert!(plan.steps.len() <= accounts.len() * NAMES.len());
        let most = combos.iter().find(|combo| combo.name == asked).and_then(|combo| combo.max_attempts);
        let most = most.map_or(2 * plan.steps.len(), |most| usize::try_from(most).unwrap());
        prop_assert_eq!(plan.limits.attempts, most);
        prop_assert_eq!(plan.limits.alone, plan.steps.len() == 1);

        let mut seen = HashSet::new();
        for step in &plan.steps {
            let (account, model) = (&step.account, &step.target.model);
            prop_assert!(seen.insert((account.id, step.target.name())), "twice: {:?}", plan.rows());
            prop_assert!(step.target.provider.accounts.iter().any(|own| own.id == account.id));
            prop_assert!(account.enabled);
            if let Some(parked) = account.health.parked(model, NOW) {
                prop_assert!(!parked.refused && parked.until - NOW <= SHORT_WAIT, "{:?}", parked);
                prop_assert_eq!(step.not_before, parked.until);
            }
            let what = format!("{}, account {}", step.target.name(), account.name);
            let excluded = plan.exclusions.iter().any(|left| left.what == what);
            let last_resort = plan.steps.len() == 1 && step.why.contains("nothing else is left");
            prop_assert!(!excluded || last_resort, "{}: {:?}", what, plan.exclusions);
        }
    }
}

#[test]
fn weights_give_exact_shares_over_many_turns() {
    let weights = [("groq/llama-3.3-70b-versatile", 6), ("openai/gpt-5", 3), ("home/tiny", 1)];
    let targets = weights.map(|(name, weight)| ComboTarget { weight, ..ComboTarget::new(name) });
    let combo = Combo { strategy: Order::Weighted, ..Combo::new("combo-0", targets.to_vec()) };
    let parts = Parts {
        combos: vec![combo],
        ..parts(vec![account(1, "groq"), account(2, "openai"), account(3, "home")])
    };
    let snapshot = build(parts, &CATALOG, &Keepers::default());
    let first = |turn| {
        let still = Still { turn, ..Still::default() };
        let plan = plan(&snapshot, &Asking::new("combo-0", Dialect::Chat), &still).unwrap();
        plan.steps[0].target.name()
    };
    for (since, turns) in [(0, 100), (0, 1000), (777, 1000)] {
        let firsts: Vec<String> = (since..since + turns).map(first).collect();
        for (name, weight) in weights {
            let count = firsts.iter().filter(|first| *first == name).count();
            let exact = usize::try_from(turns).unwrap() * weight as usize / 10;
            assert!(count.abs_diff(exact) <= 3, "{name}: {count} of {turns}, {exact} by weight");
        }
    }
}
