//! Whatever a vendor answers, it is read without harm.

use catalog::Probed;
use proptest::prelude::*;

use super::{fixture, quota, quotas};

fn json() -> impl Strategy<Value = serde_json::Value> {
    let word = "(data|limits|usage|used|limit|remaining|type|unit|number|percent|CREDIT_LIMIT|[a-z_]{1,8})";
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,12}".prop_map(Into::into),
        "-?[0-9]{1,30}(\\.[0-9]{1,9})?(e[0-9]{1,3})?".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(word, inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Another value in place of each leaf of a good answer, where the dice say so.
fn garbled(
    json: &mut serde_json::Value,
    values: &[serde_json::Value],
    dice: &mut impl Iterator<Item = bool>,
) {
    match json {
        serde_json::Value::Array(elements) => {
            elements.iter_mut().for_each(|element| garbled(element, values, dice));
        }
        serde_json::Value::Object(members) => {
            members.values_mut().for_each(|member| garbled(member, values, dice));
        }
        leaf => {
            if dice.next().unwrap_or(false) {
                *leaf = values.first().cloned().unwrap_or_default();
            }
        }
    }
}

fn check(quota: &catalog::Quota, body: &[u8], status: u16, now: i64) -> Result<(), TestCaseError> {
    for probe in 0..=quota.probes.len() {
        if let Probed::Windows(windows) = quota.read_probe(probe, status, body, now) {
            prop_assert!(!windows.is_empty() && windows.len() <= 64);
            for window in windows {
                prop_assert!(!window.name.is_empty());
                prop_assert!(window.used_permille.is_some() || window.left.is_some());
                prop_assert!(window.resets_at_ms.is_none_or(|at| at > now));
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_json_is_read_without_harm(body in json(), status in 100..600u16, now in any::<i64>()) {
        for quota in quotas().values() {
            check(quota, body.to_string().as_bytes(), status, now)?;
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm(body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(quota("glm"), &body, 200, 0)?;
    }

    #[test]
    fn a_good_answer_gone_wrong_is_read_without_harm(
        value in json(), dice in prop::collection::vec(prop::bool::weighted(0.2), 200), now in any::<i64>(),
    ) {
        for file in ["glm", "minimax", "kimi-both", "openrouter", "claude", "codex-weekly-in-primary", "kiro"] {
            let mut body: serde_json::Value = serde_json::from_slice(&fixture(file)).unwrap();
            garbled(&mut body, std::slice::from_ref(&value), &mut dice.iter().copied());
            let quota = quota(file.split('-').next().unwrap());
            check(quota, body.to_string().as_bytes(), 200, now)?;
        }
    }
}
