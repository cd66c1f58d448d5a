//! What a quota of a provider file must be like.

use super::{Count, Period, Probe, Quota, Unit, condition::Places, reading::Reading};
use crate::{HeaderForKey, duration::Millis};

/// Nobody likes to be asked more often (Ollama, the only one who says so: once a minute, 2026).
const MOST_OFTEN: Millis = Millis(60_000);

/// A key below `quota`, and what is wrong with it.
type Fault = (String, String);

impl Quota {
    /// The addresses asked, with their keys.
    pub(crate) fn urls(&self) -> impl Iterator<Item = (String, &String)> {
        self.probes.iter().enumerate().map(|(at, probe)| (format!("quota.probe.{}.url", at + 1), &probe.url))
    }

    /// The first fault: key and problem. Probes, windows and so on are counted from 1; each address of a probe counts as
    /// one.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        for (at, probe) in self.probes.iter().enumerate() {
            probe.check().map_err(|fault| below(format!("probe.{}", at + 1), fault))?;
        }
        for (at, reading) in self.headers.iter().enumerate() {
            reading.check(Source::Headers).map_err(|fault| below(format!("header.{}", at + 1), fault))?;
        }
        for (at, count) in self.counts.iter().enumerate() {
            count.check().map_err(|fault| below(format!("count.{}", at + 1), fault))?;
        }
        Ok(())
    }
}

fn below(key: String, (rest, problem): Fault) -> Fault {
    (format!("{key}.{rest}"), problem)
}

fn fault<T>(key: &str, problem: impl Into<String>) -> Result<T, Fault> {
    Err((key.to_owned(), problem.into()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Body,
    Headers,
}

impl Source {
    fn check(self, key: &str, place: &str) -> Result<(), Fault> {
        let name = place.split('/').next().unwrap_or_default();
        let named = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        match self {
            Self::Body if !place.starts_with('/') => {
                fault(key, format!("`{place}` is not a JSON pointer such as `/data/used`"))
            }
            Self::Headers if !named => fault(key, format!("`{place}` is not the name of a header")),
            _ => Ok(()),
        }
    }
}

impl Probe {
    fn check(&self) -> Result<(), Fault> {
        if self.every < MOST_OFTEN {
            return fault("every", "is less than a minute");
        }
        if self.header != HeaderForKey::Authorization && self.scheme != "Bearer" {
            return fault("scheme", "goes with the header `authorization` alone");
        }
        for place in self.refused.places() {
            Source::Body.check("refused", place)?;
        }
        if self.windows.is_empty() {
            return fault("window", "is missing: at least one says how the answer is read");
        }
        for (at, reading) in self.windows.iter().enumerate() {
            reading.check(Source::Body).map_err(|fault| below(format!("window.{}", at + 1), fault))?;
        }
        Ok(())
    }
}

impl Reading {
    fn check(&self, source: Source) -> Result<(), Fault> {
        let places = [
            ("name_at", &self.name_at),
            ("used", &self.used),
            ("limit", &self.limit),
            ("left", &self.left),
            ("used_percent", &self.used_percent),
            ("left_percent", &self.left_percent),
            ("used_ratio", &self.used_ratio),
            ("resets", &self.resets),
            ("lasts_seconds", &self.lasts_seconds),
            ("lasts_minutes", &self.lasts_minutes),
            ("model_at", &self.model_at),
            ("each", &self.each),
        ];
        for (key, places) in places {
            for place in places.iter().flat_map(|Places(places)| places) {
                source.check(key, place)?;
            }
        }
        for (key, conditions) in [("where", &self.only), ("unless", &self.unless), ("spent", &self.spent)] {
            for place in conditions.places() {
                source.check(key, place)?;
            }
        }
        if self.each.is_some() && source == Source::Headers {
            return fault("each", "goes with a probe");
        }
        if self.each_model && source == Source::Body {
            return fault(
                "each_model",
                "goes with headers: an answer to a probe is about no model that was asked",
            );
        }
        self.check_sense()
    }

    fn check_sense(&self) -> Result<(), Fault> {
        let share = self.used_percent.is_some() || self.left_percent.is_some() || self.used_ratio.is_some();
        let amounts = self.limit.is_some() && (self.used.is_some() || self.left.is_some());
        if !share && !amounts && (self.left.is_none() || self.unit == Unit::Percent) {
            return fault(
                "left",
                "is missing: say where a share stands, or a limit with what is used or left of it",
            );
        }
        let length = self.lasts.is_some() || self.lasts_seconds.is_some() || self.lasts_minutes.is_some();
        if self.name.is_none() && self.name_at.is_none() && !length && self.period.is_none() {
            return fault("name", "is missing, and no length can stand in its place");
        }
        if self.balance && self.unit == Unit::Percent {
            return fault("balance", "has a unit other than percent");
        }
        if self.scale == 0 {
            return fault("scale", "is 0");
        }
        if self.lasts.is_some_and(|length| length.0 <= 0) {
            return fault("lasts", "is no time at all");
        }
        if matches!(self.period, Some(Period::Rolling(_) | Period::Sliding(_))) {
            return fault(
                "period",
                "is one of the calendar here: nobody knows the first use; `lasts` says how long",
            );
        }
        if usize::from(self.model.is_some())
            + usize::from(self.model_at.is_some())
            + usize::from(self.each_model)
            > 1
        {
            return fault("model", "is said twice: `model`, `model_at` and `each_model` exclude one another");
        }
        Ok(())
    }
}

impl Count {
    fn check(&self) -> Result<(), Fault> {
        if !matches!(self.unit, Unit::Requests | Unit::Tokens | Unit::Credits) {
            return fault("unit", format!("`{}` is nothing that can be counted", self.unit.as_str()));
        }
        if self.limit == Some(0) {
            return fault("limit", "is 0");
        }
        if self.model.is_some() && self.each_model {
            return fault("model", "is said twice: `model` and `each_model` exclude one another");
        }
        Ok(())
    }
}
