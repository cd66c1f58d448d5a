//! Rules: which failure means what. Matching only; the rules themselves are data.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::{
    DayEnd, Failure, Park, Provider, Ruling, Verdict,
    duration::{self, Millis},
    reset::{self, Zone},
};

/// A wait this short is worth more than going elsewhere.
const SHORT_WAIT_MS: i64 = 3_000;
/// How much of a body is searched for words.
const BODY_LIMIT: usize = 8 * 1024;

/// One rule. Every condition that is given must hold; within a list one entry is enough.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Name within its file.
    pub id: String,
    /// HTTP statuses: `429`, or a class such as `"5xx"`.
    pub status: Option<Vec<StatusMatch>>,
    /// Substrings of the message, code, type or body, whatever the case.
    pub text: Option<Vec<String>>,
    /// The error's code or type, whatever the case; numbers are written as strings.
    pub code: Option<Vec<String>>,
    /// Headers of the answer, each as `"name: value"`, whatever the case.
    pub header: Option<Vec<String>>,
    /// True: only when the wait for an answer ran out. False: only when it did not.
    pub silent: Option<bool>,
    /// True: only when there was no answer at all. False: only when there was one.
    pub no_answer: Option<bool>,
    /// What to do next.
    pub verdict: Action,
    /// For `retry-here`: how long to wait.
    pub after: Option<Millis>,
    /// For `next-account` and `next-target`: how long the account is left alone when the answer does not say.
    pub park: Option<Millis>,
    /// In place of `park`: until the vendor's day ends.
    pub until: Option<DayEnd>,
    /// Leave every model of the account alone, not only the one that was asked.
    #[serde(default)]
    pub whole_account: bool,
    /// Only a person can mend it.
    #[serde(default)]
    pub needs_person: bool,
    /// It is the key or token that was refused: one that can be renewed may only be old.
    #[serde(default)]
    pub credential: bool,
    /// Whether the answer's own words on when to come back count. Default true.
    pub hint: Option<bool>,
    /// Offset of the clock that the vendor's bare times ("reset at 2026-01-05 03:00:00") are read by, such as
    /// `"+08:00"`. Default UTC.
    #[serde(default)]
    pub zone: Zone,
    /// Plain words for the dashboard.
    pub sentence: String,
}

/// The verdict a rule gives, before the answer's own reset times are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// [`Verdict::RetryHere`]
    RetryHere,
    /// [`Verdict::NextAccount`]
    NextAccount,
    /// [`Verdict::NextTarget`]
    NextTarget,
    /// [`Verdict::Stop`]
    Stop,
}

/// One HTTP status or a class of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusMatch {
    /// Exactly this one.
    One(u16),
    /// All that begin with this digit.
    Class(u16),
}

impl StatusMatch {
    fn holds(self, status: u16) -> bool {
        match self {
            Self::One(one) => status == one,
            Self::Class(class) => status / 100 == class,
        }
    }
}

impl<'de> Deserialize<'de> for StatusMatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = StatusMatch;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an HTTP status such as 429, or a class such as \"5xx\"")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<StatusMatch, E> {
                u16::try_from(value)
                    .ok()
                    .filter(|status| (100..600).contains(status))
                    .map(StatusMatch::One)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(value), &self))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<StatusMatch, E> {
                value
                    .strip_suffix("xx")
                    .and_then(|class| class.parse().ok())
                    .filter(|class| (1..6).contains(class))
                    .map(StatusMatch::Class)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Rule {
    /// What the types cannot say: which keys make sense together. Gives the key and the problem.
    pub(crate) fn check(&self) -> Result<(), (&'static str, String)> {
        let goes_on = matches!(self.verdict, Action::NextAccount | Action::NextTarget);
        for (key, given) in [("park", self.park.is_some()), ("until", self.until.is_some())] {
            if given && !goes_on {
                return Err((key, "only goes with next-account or next-target".to_owned()));
            }
        }
        if self.park.is_some() && self.until.is_some() {
            return Err(("until", "stands in place of `park`, not beside it".to_owned()));
        }
        if self.after.is_some() && self.verdict != Action::RetryHere {
            return Err(("after", "only goes with retry-here".to_owned()));
        }
        if (self.whole_account || self.needs_person) && self.park.is_none() && self.until.is_none() {
            return Err((
                "park",
                "is missing, and whole_account or needs_person mean nothing without it".to_owned(),
            ));
        }
        if self.credential && self.verdict != Action::NextAccount {
            return Err(("credential", "only goes with next-account".to_owned()));
        }
        for (key, list) in [("text", &self.text), ("code", &self.code), ("header", &self.header)] {
            if list.as_ref().is_some_and(|list| list.is_empty() || list.iter().any(String::is_empty)) {
                return Err((
                    key,
                    "is empty or holds an empty string, which would match everything".to_owned(),
                ));
            }
        }
        for header in self.header.iter().flatten() {
            if !header.split_once(": ").is_some_and(|(name, value)| !name.is_empty() && !value.is_empty()) {
                return Err(("header", format!("`{header}` is not of the form \"name: value\"")));
            }
        }
        Ok(())
    }

    fn holds(&self, seen: &Seen<'_>) -> bool {
        let status = match (&self.status, seen.failure.status) {
            (None, _) => true,
            (Some(wanted), Some(status)) => wanted.iter().any(|one| one.holds(status)),
            (Some(_), None) => false,
        };
        status
            && self.silent.is_none_or(|silent| silent == seen.failure.silent)
            && self.no_answer.is_none_or(|none| none == seen.failure.status.is_none())
            && self.text.as_ref().is_none_or(|list| list.iter().any(|text| seen.says(text)))
            && self.code.as_ref().is_none_or(|list| list.iter().any(|code| seen.has_code(code)))
            && self.header.as_ref().is_none_or(|list| list.iter().any(|header| seen.has_header(header)))
    }

    fn rule_on(&self, failure: &Failure<'_>, now_ms: i64) -> Verdict {
        let hint = if self.hint.unwrap_or(true) { reset::hint_for(failure, now_ms, self.zone) } else { None };
        let day_end = self.until.map(|end| end.after(now_ms));
        let unless_told = self.park.map(|Millis(millis)| now_ms.saturating_add(millis)).or(day_end);
        let park = unless_told.map(|until| Park {
            until: hint.unwrap_or(until),
            whole_account: self.whole_account,
            needs_person: self.needs_person,
        });
        match self.verdict {
            Action::Stop => Verdict::Stop,
            Action::NextAccount => Verdict::NextAccount { park },
            Action::NextTarget => Verdict::NextTarget { park },
            Action::RetryHere => match hint {
                // "Come back in ten minutes" is not a passing fault.
                Some(until) if until - now_ms > SHORT_WAIT_MS => Verdict::NextAccount {
                    park: Some(Park { until, whole_account: false, needs_person: false }),
                },
                _ => {
                    let after = self.after.map_or(duration::QUICK_RETRY_MS, |Millis(millis)| millis);
                    let asked = hint.map_or(0, |until| until - now_ms);
                    Verdict::RetryHere { after_ms: after.max(asked).unsigned_abs() }
                }
            },
        }
    }
}

impl Provider {
    /// What this failure means: the provider's own rules in order, then the default ones. The first that
    /// holds gives the verdict.
    #[must_use]
    pub fn rule_on(&self, failure: &Failure<'_>, now_ms: i64) -> Ruling {
        let seen = Seen::new(failure);
        let own = self.rules.iter().map(|rule| (self.id.as_str(), rule));
        let default = self.default_rules.iter().map(|rule| ("default", rule));
        own.chain(default).find(|(_, rule)| rule.holds(&seen)).map_or_else(
            || Ruling {
                verdict: Verdict::NextTarget { park: None },
                rule: "default/unknown".to_owned(),
                credential: false,
                sentence: with_status("Unknown failure", failure.status),
            },
            |(of, rule)| Ruling {
                verdict: rule.rule_on(failure, now_ms),
                rule: format!("{of}/{}", rule.id),
                credential: rule.credential,
                sentence: with_status(&rule.sentence, failure.status),
            },
        )
    }
}

fn with_status(sentence: &str, status: Option<u16>) -> String {
    match status {
        Some(status) if status != 200 => format!("{sentence} ({status})"),
        _ => sentence.to_owned(),
    }
}

/// A failure prepared for matching: text in lower case, and the codes found in a JSON body, wherever vendors
/// put them.
struct Seen<'a> {
    failure: &'a Failure<'a>,
    text: String,
    codes: Vec<String>,
}

impl<'a> Seen<'a> {
    fn new(failure: &'a Failure<'a>) -> Self {
        let body = cut(failure.body, BODY_LIMIT);
        let text = [failure.message, failure.code, failure.kind, body].join("\n").to_lowercase();
        let mut codes = vec![failure.code.to_lowercase(), failure.kind.to_lowercase()];
        if let Ok(json) = serde_json::from_str::<serde_json::Value>(failure.body) {
            // {"error":{"code","type","status"}} (OpenAI, Anthropic, Google), {"base_resp":{"status_code"}}
            // (MiniMax), {"code","error"} (xAI), {"error":{"error":{...}}} (nested by gateways).
            for at in ["", "/error", "/error/error", "/base_resp", "/0/error", "/response/error"] {
                for key in ["code", "type", "status", "status_code"] {
                    match json.pointer(&format!("{at}/{key}")) {
                        Some(serde_json::Value::String(word)) => codes.push(word.to_lowercase()),
                        Some(serde_json::Value::Number(number)) => codes.push(number.to_string()),
                        _ => {}
                    }
                }
            }
        }
        codes.retain(|code| !code.is_empty());
        Self { failure, text, codes }
    }

    fn says(&self, text: &str) -> bool {
        self.text.contains(&text.to_lowercase())
    }

    fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|seen| seen.eq_ignore_ascii_case(code))
    }

    fn has_header(&self, header: &str) -> bool {
        header.split_once(": ").is_some_and(|(name, value)| {
            self.failure.headers.iter().any(|(seen, said)| {
                seen.eq_ignore_ascii_case(name) && said.trim().eq_ignore_ascii_case(value)
            })
        })
    }
}

fn cut(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}
