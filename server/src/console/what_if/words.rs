//! What a replay takes for granted, in sentences.

use crate::usage::what_if::{Replayed, Target};
use app::api::Tier;
use app::api::combos::Strategy;
use app::parts::format;

/// What there is to say about a replay before it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks {
    /// The price of a model changes, not who answers.
    pub(super) priced: bool,
    /// The model whose price changes, where nothing is paid for it by the token.
    pub(super) covered: Option<String>,
    /// One model answers, without limits.
    pub(super) unlimited: bool,
    /// The combo, where it is switched off.
    pub(super) off: Option<String>,
    /// Whether any budget holds.
    pub(super) budgets: bool,
    /// Providers whose published limits hold.
    pub(super) published: Vec<String>,
    /// Providers that answer one tool alone, and that tool.
    pub(super) own_tools: Vec<(String, String)>,
    /// Strategies that cannot be replayed as they are.
    pub(super) strategies: Vec<Strategy>,
}

/// Names in a row: "a, b and c".
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

impl Remarks {
    pub(super) fn note_strategy(&mut self, strategy: Strategy) {
        let replayed = matches!(
            strategy,
            Strategy::Priority | Strategy::RoundRobin | Strategy::Weighted | Strategy::LeastCost
        );
        if !replayed && !self.strategies.contains(&strategy) {
            self.strategies.push(strategy);
        }
    }

    pub(super) fn note_published(&mut self, provider: &str) {
        if !self.published.iter().any(|known| known == provider) {
            self.published.push(provider.to_owned());
        }
    }

    /// What was taken for granted. `unstated`: requests whose tokens are not known.
    pub(super) fn assumptions(&self, replayed: &Replayed, targets: &[Target], unstated: i64) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |words: String| said.push(words);
        if self.priced {
            say("Only the price changes: every request stays where it was answered, and all others cost what was \
                 recorded."
                .to_owned());
            if let Some(model) = &self.covered {
                say(format!("{model} is not paid for by the token today; here it is, at these prices."));
            }
        } else {
            self.of_the_route(&mut say, replayed, targets);
        }
        cached(&mut say, replayed, targets);
        if unstated > 0 {
            let requests = format::counted(unstated, "request", "requests");
            say(format!("{requests} stated no tokens, so they are not replayed."));
        }
        said
    }

    fn of_the_route(&self, say: &mut impl FnMut(String), replayed: &Replayed, targets: &[Target]) {
        if let Some(combo) = &self.off {
            say(format!("The combo {combo} is switched off; it is replayed as though it were on."));
        }
        say("Every request is answered at the first try: failures, rate limits and speed are not replayed. Requests that \
             failed are left out."
            .to_owned());
        say("Token counts are those that were recorded. Another vendor counts the same text differently, and another \
             model writes more or less. How good its answers are is not compared."
            .to_owned());
        say("The shares of cache reads and writes stay as they were recorded, and conversations are not kept at one \
             target; a real change begins with cold caches."
            .to_owned());
        say("Usage is kept by the hour: requests of an hour that one target answered are taken to be alike. Prices are \
             today's."
            .to_owned());
        for strategy in &self.strategies {
            say(match strategy {
                Strategy::LeastBusy => {
                    "How busy targets were is not recorded: \"Least busy first\" is replayed as even shares."
                }
                Strategy::Fastest => {
                    "How fast targets would have been is not known: \"Fastest first\" is replayed in the combo's order."
                }
                _ => {
                    "When quotas began anew is not recorded: \"What resets soonest first\" is replayed in the combo's \
                     order."
                }
            }
            .to_owned());
        }
        if self.budgets {
            say("Budgets begin unused with the period, and count what is replayed alone.".to_owned());
        }
        if !self.published.is_empty() {
            let providers = listed(&self.published);
            say(format!(
                "The limits that {providers} state in numbers are kept to, unused at the beginning."
            ));
        }
        for (provider, tool) in &self.own_tools {
            say(format!(
                "{provider} answers {tool} alone; requests of other tools are replayed there all the same."
            ));
        }
        let unlimited = targets
            .iter()
            .zip(&replayed.would_be.targets)
            .any(|(target, tally)| target.tier == Some(Tier::Subscription) && !tally.lot.is_empty());
        if self.unlimited {
            say("The one model answers everything: budgets and limits of accounts are not kept to, and it need not be \
                 connected."
                .to_owned());
        } else if unlimited && self.published.is_empty() {
            say("Subscriptions are taken to last: how much they allow is not stated in numbers.".to_owned());
        }
        if replayed.too_long > 0 {
            let requests = format::counted(replayed.too_long, "request", "requests");
            say(format!(
                "Targets whose context is smaller than the average prompt of an hour are passed over: that held for \
                 {requests}."
            ));
        }
    }
}

/// Cached tokens that cost as much as fresh ones.
fn cached(say: &mut impl FnMut(String), replayed: &Replayed, targets: &[Target]) {
    let known = targets.iter().zip(&replayed.cache_as_input).filter(|(_, tokens)| **tokens > 0);
    let (names, counts): (Vec<String>, Vec<i64>) =
        known.map(|(target, tokens)| (format!("{}/{}", target.provider, target.model), *tokens)).unzip();
    if !names.is_empty() {
        let tokens = format::tokens(counts.iter().sum());
        say(format!(
            "{tokens} cached tokens are counted at the price of fresh input, because no price is stated for them at {}.",
            listed(&names)
        ));
    }
}
