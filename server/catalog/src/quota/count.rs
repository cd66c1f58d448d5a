//! What is counted here, because a vendor publishes a limit and does not tell what is left of it.

use serde::Deserialize;

use super::{
    condition::fits,
    period::Period,
    window::{Micro, Unit, Window},
};

/// One published limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Its name for people; absent: by its length, see [`Count::name`].
    pub(crate) name: Option<String>,
    /// The plan it is of, where the vendor sells several; a person says which an account has.
    pub plan: Option<String>,
    /// Requests or tokens; credits where the vendor counts in a unit of its own, which cannot be counted here: then the
    /// limit and its end are all that is known.
    pub unit: Unit,
    /// How much there is; absent where the vendor does not publish it.
    pub limit: Option<u64>,
    /// When it comes back.
    pub period: Period,
    /// Pattern of the models that share it; absent: all.
    pub model: Option<String>,
    /// Whether each model has it for itself.
    #[serde(default)]
    pub each_model: bool,
}

impl Count {
    /// Its name for people: `5 hours`, `Week`.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.period.name())
    }

    /// Whether a request for this model uses it up.
    #[must_use]
    pub fn holds_for(&self, model: &str) -> bool {
        self.model.as_deref().is_none_or(|pattern| fits(pattern, model))
    }

    /// What is left of it. `used` is what was counted since the window began, absent where that cannot be counted;
    /// `first_use_ms` as for [`Period::current`]; `model` the one it was counted for, where each has its own.
    #[must_use]
    pub fn window(&self, used: Option<u64>, first_use_ms: Option<i64>, model: &str, now_ms: i64) -> Window {
        let micro = |amount: u64| Micro::whole(i64::try_from(amount).unwrap_or(i64::MAX));
        let (used, limit) = (used.map(micro), self.limit.map(micro));
        let span = self.period.current(first_use_ms, now_ms);
        let length = span.map(|span| span.ends_ms.saturating_sub(span.begins_ms));
        Window {
            name: self.name(),
            model: if self.each_model { Some(model.to_owned()) } else { self.model.clone() },
            unit: self.unit,
            used_permille: used.zip(limit).and_then(|(used, limit)| used.permille_of(limit)),
            used,
            limit,
            left: limit.zip(used).map(|(limit, used)| limit.less(used)),
            resets_at_ms: span.map(|span| span.ends_ms),
            lasts_ms: self.period.usual_length().or(length),
        }
    }
}
