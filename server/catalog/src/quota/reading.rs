//! How one window is read out of an answer: the same keys for a JSON body, where places are JSON pointers, and for
//! headers, where they are names.

use serde::Deserialize;

use super::{
    condition::{Conditions, Look, Places},
    period::Period,
    window::{Micro, Unit, Window, named_by_length, shown_name},
};
use crate::{
    duration::Millis,
    instant,
    reset::{FARTHEST_MS, Zone},
};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// Name for people; absent: by its length.
    pub(crate) name: Option<String>,
    /// Where the answer names it.
    pub(crate) name_at: Option<Places>,
    /// Where a list or an object stands whose elements are read one by one; places are then inside of these.
    pub(crate) each: Option<Places>,
    /// What must hold for there to be such a window.
    #[serde(default, rename = "where")]
    pub(crate) only: Conditions,
    /// What must not hold.
    #[serde(default)]
    pub(crate) unless: Conditions,
    /// What makes it used up, whatever the numbers say.
    #[serde(default)]
    pub(crate) spent: Conditions,
    pub(crate) used: Option<Places>,
    pub(crate) limit: Option<Places>,
    pub(crate) left: Option<Places>,
    /// 0 to 100.
    pub(crate) used_percent: Option<Places>,
    /// 0 to 100.
    pub(crate) left_percent: Option<Places>,
    /// 0 to 1.
    pub(crate) used_ratio: Option<Places>,
    #[serde(default)]
    pub(crate) unit: Unit,
    /// How many of what is stated make one of the unit.
    #[serde(default = "one")]
    pub(crate) scale: u32,
    /// Whether what is left is all that means something, and `used` and `limit` are sums of a lifetime.
    #[serde(default)]
    pub(crate) balance: bool,
    /// When it begins anew, in whatever form.
    pub(crate) resets: Option<Places>,
    pub(crate) lasts: Option<Millis>,
    pub(crate) lasts_seconds: Option<Places>,
    pub(crate) lasts_minutes: Option<Places>,
    /// The vendor's days, weeks or months, where the answer does not say when it begins anew.
    pub(crate) period: Option<Period>,
    /// Pattern of the models it is for.
    pub(crate) model: Option<String>,
    /// Where the answer names the model it is for, in the vendor's words.
    pub(crate) model_at: Option<Places>,
    /// Headers: whether it is for the model that was asked.
    #[serde(default)]
    pub(crate) each_model: bool,
    /// Whether it counts only where no window of its name was found before.
    #[serde(default)]
    pub(crate) fallback: bool,
}

fn one() -> u32 {
    1
}

/// What is used of what there is.
#[derive(Default)]
struct Amounts {
    used: Option<Micro>,
    limit: Option<Micro>,
    left: Option<Micro>,
}

impl Reading {
    /// The window, where the answer has it. `asked` is the model that was asked.
    pub(crate) fn read(&self, look: Look<'_, '_>, asked: Option<&str>, now_ms: i64) -> Option<Window> {
        if !self.only.all(look) || self.unless.any(look) {
            return None;
        }
        let mut amounts = self.amounts(look);
        let mut used_permille = amounts.share().or_else(|| self.stated_share(look));
        if self.balance {
            (amounts.used, amounts.limit, used_permille) = (None, None, None);
        }
        if self.unit == Unit::Percent {
            amounts = Amounts::default();
        }
        if self.spent.any(look) {
            used_permille = used_permille.max(Some(1000));
        }
        if used_permille.is_none() && amounts.left.is_none() {
            return None;
        }
        let span = self.period.and_then(|period| period.current(None, now_ms));
        let length = self.length(look);
        let (model, of) = self.model(look, asked)?;
        let mut name = self.name(look, length)?;
        if let Some(of) = of {
            name = format!("{name} ({of})");
        }
        let resets_at_ms = self.reset(look, now_ms).or(span.map(|span| span.ends_ms));
        let lasts_ms = length.or(span.map(|span| span.ends_ms.saturating_sub(span.begins_ms)));
        let Amounts { used, limit, left } = amounts;
        Some(Window {
            name,
            model,
            unit: self.unit,
            used_permille,
            used,
            limit,
            left,
            resets_at_ms,
            lasts_ms,
        })
    }

    fn amounts(&self, look: Look<'_, '_>) -> Amounts {
        let number = |places: &Option<Places>| {
            let read = Micro::read(&places.as_ref()?.first(look)?)?;
            read.0.checked_div(i64::from(self.scale)).map(Micro)
        };
        let (used, limit, left) = (number(&self.used), number(&self.limit), number(&self.left));
        // Nothing of nothing says nothing (Kimi, MiniMax), -1 of -1 that there is no limit (Copilot).
        if !self.balance && limit.is_some_and(|limit| limit.0 <= 0) {
            return Amounts::default();
        }
        let without = |other: Option<Micro>| Some(limit?.less(other?));
        Amounts { used: used.or_else(|| without(left)), limit, left: left.or_else(|| without(used)) }
    }

    fn stated_share(&self, look: Look<'_, '_>) -> Option<u32> {
        const HUNDRED: Micro = Micro(100 * Micro::ONE);
        let number = |places: &Option<Places>| Micro::read(&places.as_ref()?.first(look)?);
        let used = || number(&self.used_percent)?.permille_of(HUNDRED);
        let left = || HUNDRED.less(number(&self.left_percent)?).permille_of(HUNDRED);
        let ratio = || number(&self.used_ratio)?.permille_of(Micro(Micro::ONE));
        used().or_else(left).or_else(ratio)
    }

    fn length(&self, look: Look<'_, '_>) -> Option<i64> {
        let stated = |places: &Option<Places>, seconds: i64| {
            let number = Micro::read(&places.as_ref()?.first(look)?)?;
            Some((number.0 / 1000).saturating_mul(seconds)).filter(|millis| *millis > 0)
        };
        let fixed = self.lasts.map(|length| length.0);
        fixed.or_else(|| stated(&self.lasts_seconds, 1)).or_else(|| stated(&self.lasts_minutes, 60))
    }

    fn name(&self, look: Look<'_, '_>, length: Option<i64>) -> Option<String> {
        let stated =
            || Some(shown_name(&self.name_at.as_ref()?.first(look)?)).filter(|name| !name.is_empty());
        let by_length = || length.and_then(named_by_length);
        self.name.clone().or_else(stated).or_else(by_length).or_else(|| Some(self.period?.name()))
    }

    /// The pattern of the models it is for, and the vendor's word where the answer said it. `None` where it is for some
    /// model and the answer does not say which.
    fn model(&self, look: Look<'_, '_>, asked: Option<&str>) -> Option<(Option<String>, Option<String>)> {
        if let Some(places) = &self.model_at {
            let word = shown_name(&places.first(look)?);
            let pattern = word.to_lowercase().replace(' ', "-");
            return Some((Some(format!("*{pattern}*")), Some(word)));
        }
        if self.each_model {
            return Some((Some(asked?.to_owned()), None));
        }
        Some((self.model.clone(), None))
    }

    fn reset(&self, look: Look<'_, '_>, now_ms: i64) -> Option<i64> {
        let sensible = |at: &i64| *at > now_ms && at.saturating_sub(now_ms) <= FARTHEST_MS;
        let read = |text: &str| instant::from_text(text, now_ms, Zone::default());
        self.resets.as_ref()?.said(look).find_map(|text| read(&text).filter(sensible))
    }
}

impl Amounts {
    fn share(&self) -> Option<u32> {
        self.used?.permille_of(self.limit?)
    }
}
