//! Small coloured signs: tier, health, outcome, provider. Colour never stands alone: there is always a word.

use super::icon::{Glyph, Icon};
use crate::api::Tier;
use crate::api::providers::Health;
use crate::api::requests::Outcome;
use leptos::prelude::*;

/// How loud a badge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
    Quiet,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Warn => "badge warn",
            Self::Bad => "badge bad",
            Self::Quiet => "badge",
        }
    }
}

/// An icon and a word.
#[component]
pub fn Badge(tone: Tone, glyph: Glyph, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class=tone.class()>
            <Icon glyph />
            <span>{text}</span>
        </span>
    }
}

/// The tier's name as shown.
pub fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Subscription => "Subscription",
        Tier::Cheap => "Cheap",
        Tier::Free => "Free",
        Tier::Local => "Local",
    }
}

/// The tier's class, which carries its hue.
pub fn tier_class(tier: Tier) -> &'static str {
    match tier {
        Tier::Subscription => "tier-subscription",
        Tier::Cheap => "tier-cheap",
        Tier::Free => "tier-free",
        Tier::Local => "tier-local",
    }
}

/// What an account of this tier costs.
pub fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Subscription => "Paid by the month, so it is used first.",
        Tier::Cheap => "Paid by the token.",
        Tier::Free => "Free of charge, usually with tight limits.",
        Tier::Local => "On your own hardware.",
    }
}

/// The tier in its hue.
#[component]
pub fn TierChip(tier: Tier) -> impl IntoView {
    view! { <span class=format!("tier {}", tier_class(tier)) title=tier_words(tier)>{tier_name(tier)}</span> }
}

/// How an account is doing.
#[component]
pub fn HealthBadge(health: Health) -> impl IntoView {
    let (tone, glyph, text) = match health {
        Health::Ready => (Tone::Good, Glyph::Check, "Ready"),
        Health::Off => (Tone::Quiet, Glyph::Pause, "Off"),
        Health::Parked => (Tone::Warn, Glyph::Clock, "Parked"),
        Health::Refused => (Tone::Bad, Glyph::Warning, "Refused"),
    };
    view! { <Badge tone glyph text /> }
}

/// How a request ended, as a word.
pub fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "Answered",
        Outcome::Failed => "Failed",
        Outcome::Broken => "Broken off",
        Outcome::Cancelled => "Cancelled",
    }
}

/// How a request ended.
#[component]
pub fn OutcomeBadge(outcome: Outcome) -> impl IntoView {
    let (tone, glyph) = match outcome {
        Outcome::Answered => (Tone::Good, Glyph::Check),
        Outcome::Failed => (Tone::Bad, Glyph::Cross),
        Outcome::Broken => (Tone::Bad, Glyph::Warning),
        Outcome::Cancelled => (Tone::Quiet, Glyph::Pause),
    };
    view! { <Badge tone glyph text=outcome_word(outcome) /> }
}

/// A letter in a coloured square; the same provider always has the same colour. No vendor's logo is used.
#[component]
pub fn ProviderMark(#[prop(into)] id: String, #[prop(into)] name: String) -> impl IntoView {
    let hue = id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 8;
    let letter: String = name.chars().find(|letter| letter.is_alphanumeric()).into_iter().collect();
    view! { <span class=format!("mark hue-{hue}") aria-hidden="true">{letter.to_uppercase()}</span> }
}
