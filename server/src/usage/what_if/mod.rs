//! What recorded usage would have cost another way: hour by hour through a combo, or at another price.
//!
//! Pure: what was recorded, where it may go and what that costs are given. It is an estimate. What is kept of requests are
//! sums by the hour, so the requests of an hour and target are taken to be alike, and each to be answered at the first try.

mod limit;
mod route;
#[cfg(test)]
mod tests;

pub use limit::{Counted, Limit, Turns};
pub use route::{Account, Group, Leaf, Route, Way};

use super::price::{self, Rate};
use app::api::{NanoUsd, Tier, Tokens};
use catalog::Price;
use route::Journey;

/// What is known of a provider's model, recorded or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The provider's id.
    pub provider: String,
    /// Its model: what stands after the prefix.
    pub model: String,
    /// What it costs to use; `None`: the provider is gone.
    pub tier: Option<Tier>,
    /// What a million tokens cost.
    pub price: Price,
    /// Whether nothing is paid by the token: a fee, a free tier or one's own machine covers it.
    pub covered: bool,
    /// Whether its answers state what they cost: what was recorded is then what was billed.
    pub stated: bool,
    /// Its context window in tokens, where one is stated.
    pub context: Option<i64>,
}

/// Requests of one hour that one target answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// When it begins, Unix ms.
    pub at: i64,
    /// The place of the target among all.
    pub target: usize,
    /// What was asked and answered.
    pub lot: Lot,
    /// Known cost.
    pub cost: NanoUsd,
    /// Requests whose tokens are known and whose cost is not.
    pub unknown: i64,
    /// What it would have cost at list price, where it was covered.
    pub list: NanoUsd,
    /// Covered requests whose tokens are known and whose list price is not.
    pub list_unknown: i64,
}

/// Requests with their tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    /// How many; at least one where there are tokens.
    pub requests: i64,
    /// Their tokens.
    pub tokens: Tokens,
}

/// What is changed.
pub enum Change {
    /// Other targets answer.
    Route(Route),
    /// A target has another price. It is paid by the token, whatever the tier.
    Price {
        /// The place of the target.
        target: usize,
        /// USD in units of 10^-9 for a million tokens.
        price: Price,
    },
}

/// Sums over some usage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests and tokens.
    pub lot: Lot,
    /// Known cost.
    pub cost: NanoUsd,
    /// Requests of unknown cost.
    pub unknown_requests: i64,
    /// Their tokens. Where only some requests of an hour are of unknown cost, their share of its tokens.
    pub unknown_tokens: i64,
    /// What covered requests cost at list price, where that is known.
    pub list: NanoUsd,
    /// Covered requests of unknown list price.
    pub list_unknown: i64,
}

/// Usage, as it was or would have been.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// By target, in their order.
    pub targets: Vec<Tally>,
    /// By part of time.
    pub parts: Vec<Tally>,
}

/// What came of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// As it would have been.
    pub would_be: Side,
    /// What no target would have answered.
    pub unanswered: Lot,
    /// Cached tokens that were counted at the price of fresh input, by target.
    pub cache_as_input: Vec<i64>,
    /// Requests that a target was passed over for, because its window was too small for them.
    pub too_long: i64,
}

impl Lot {
    /// Prompt and output tokens together.
    pub fn all_tokens(&self) -> i64 {
        self.tokens.prompt().saturating_add(self.tokens.output)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.requests == 0 && self.all_tokens() == 0
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        let (own, more) = (&mut self.tokens, &other.tokens);
        self.requests = self.requests.saturating_add(other.requests);
        for (count, more) in [
            (&mut own.input, more.input),
            (&mut own.cache_read, more.cache_read),
            (&mut own.cache_write, more.cache_write),
            (&mut own.output, more.output),
        ] {
            *count = count.saturating_add(more);
        }
    }

    /// Takes so many requests out, with their share of each sort of token. The last takes what is left, so that no
    /// token is lost or made.
    fn take(&mut self, requests: i64) -> Self {
        if requests >= self.requests {
            return std::mem::take(self);
        }
        let whole = i128::from(self.requests);
        let part = |count: &mut i64| {
            let taken = i128::from(*count) * i128::from(requests) / whole;
            let taken = i64::try_from(taken).unwrap_or(*count);
            *count -= taken;
            taken
        };
        let tokens = Tokens {
            input: part(&mut self.tokens.input),
            cache_read: part(&mut self.tokens.cache_read),
            cache_write: part(&mut self.tokens.cache_write),
            output: part(&mut self.tokens.output),
        };
        self.requests -= requests;
        Self { requests, tokens }
    }
}

impl Tally {
    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.lot.add(&other.lot);
        self.cost = self.cost.saturating_add(other.cost);
        self.unknown_requests += other.unknown_requests;
        self.unknown_tokens = self.unknown_tokens.saturating_add(other.unknown_tokens);
        self.list = self.list.saturating_add(other.list);
        self.list_unknown += other.list_unknown;
    }
}

impl Side {
    fn of(targets: usize, parts: usize) -> Self {
        Self { targets: vec![Tally::default(); targets], parts: vec![Tally::default(); parts] }
    }

    fn add(&mut self, target: usize, part: usize, tally: &Tally) {
        for sum in [self.targets.get_mut(target), self.parts.get_mut(part)].into_iter().flatten() {
            sum.add(tally);
        }
    }

    /// All of it.
    pub fn whole(&self) -> Tally {
        self.targets.iter().fold(Tally::default(), |mut whole, one| {
            whole.add(one);
            whole
        })
    }
}

impl Hour {
    /// As it was recorded.
    fn recorded(&self) -> Tally {
        let share = i128::from(self.lot.all_tokens()) * i128::from(self.unknown);
        let tokens = share / i128::from(self.lot.requests.max(1));
        Tally {
            lot: self.lot,
            cost: self.cost,
            unknown_requests: self.unknown,
            unknown_tokens: i64::try_from(tokens).unwrap_or(i64::MAX).min(self.lot.all_tokens()),
            list: self.list,
            list_unknown: self.list_unknown,
        }
    }

    /// Whether costs differ by no more than the fractions that were rounded with each request: half of the smallest unit
    /// for each of four sorts of token.
    fn is_same(&self, one: NanoUsd, other: NanoUsd) -> bool {
        one.abs_diff(other) <= self.lot.requests.unsigned_abs().saturating_mul(2) + 2
    }
}

impl Target {
    /// What tokens cost here by the token; `None` when that is not known.
    fn cost(&self, tokens: &Tokens) -> Option<NanoUsd> {
        if self.covered { Some(0) } else { self.list_cost(tokens).0 }
    }

    /// What tokens cost at list price, covered or not. The second: cached tokens that were counted at the price of fresh
    /// input, because no price is stated for them.
    fn list_cost(&self, tokens: &Tokens) -> (Option<NanoUsd>, i64) {
        let (mut price, mut as_input) = (self.price, 0);
        for (own, tokens) in
            [(&mut price.cache_read, tokens.cache_read), (&mut price.cache_write, tokens.cache_write)]
        {
            if own.is_none() && tokens > 0 {
                *own = price.input;
                as_input += tokens;
            }
        }
        let count = |tokens: i64| u64::try_from(tokens).unwrap_or_default();
        let usage = wire::Usage {
            input: count(tokens.input),
            cache_read: count(tokens.cache_read),
            cache_write: count(tokens.cache_write),
            output: count(tokens.output),
            reasoning: None,
        };
        let cost = price::list_cost(Some(&usage), 0, &Rate { price, ..Rate::default() });
        (cost, if cost.is_some() { as_input } else { 0 })
    }

    /// What a lot amounts to here, and its cached tokens counted as fresh input.
    fn tally(&self, lot: Lot) -> (Tally, i64) {
        let (cost, as_input) = self.list_cost(&lot.tokens);
        let tally = Tally { lot, ..Tally::default() };
        let tally = match cost {
            Some(list) if self.covered => Tally { list, ..tally },
            None if self.covered => Tally { list_unknown: lot.requests, ..tally },
            Some(cost) => Tally { cost, ..tally },
            None => Tally { unknown_requests: lot.requests, unknown_tokens: lot.all_tokens(), ..tally },
        };
        (tally, as_input)
    }
}

/// Usage as it was recorded; the rest as for [`replay`].
pub fn recorded(targets: &[Target], hours: &[Hour], parts: usize, part_of: impl Fn(i64) -> usize) -> Side {
    let mut side = Side::of(targets.len(), parts);
    for hour in hours {
        side.add(hour.target, part_of(hour.at), &hour.recorded());
    }
    side
}

/// Replays usage. `hours`: in order of time; `part_of`: the part of time that a moment lies in, of so many.
pub fn replay(
    targets: &[Target],
    hours: &[Hour],
    change: Change,
    parts: usize,
    part_of: impl Fn(i64) -> usize,
) -> Replayed {
    let mut replayed = Replayed {
        would_be: Side::of(targets.len(), parts),
        cache_as_input: vec![0; targets.len()],
        ..Replayed::default()
    };
    match change {
        Change::Price { target, price } => {
            let anew = targets.get(target).map(|known| Target { price, covered: false, ..known.clone() });
            for hour in hours {
                let part = part_of(hour.at);
                match anew.as_ref().filter(|_| hour.target == target) {
                    Some(anew) => replayed.settle(anew, hour, part, hour.lot, false),
                    None => replayed.would_be.add(hour.target, part, &hour.recorded()),
                }
            }
        }
        Change::Route(route) => {
            let mut journey = Journey::new(targets, route);
            for hour in hours {
                let part = part_of(hour.at);
                let (placed, left) = journey.place(hour);
                for (target, lot) in placed {
                    if let Some(known) = targets.get(target) {
                        replayed.settle(known, &Hour { target, ..*hour }, part, lot, target == hour.target);
                    }
                }
                replayed.unanswered.add(&left);
            }
            replayed.too_long = journey.too_long();
        }
    }
    replayed
}

impl Replayed {
    /// Adds what a target would have answered. Where that is a whole recorded hour and the cost comes out the same, the
    /// recorded cost stands, exact to the last digit; so does what was billed there. `stays`: it was answered there.
    fn settle(&mut self, target: &Target, hour: &Hour, part: usize, lot: Lot, stays: bool) {
        if stays && target.stated && lot == hour.lot {
            return self.would_be.add(hour.target, part, &hour.recorded());
        }
        let (mut tally, as_input) = target.tally(lot);
        if lot == hour.lot {
            if tally.unknown_requests + hour.unknown == 0 && hour.is_same(hour.cost, tally.cost) {
                tally.cost = hour.cost;
            }
            if tally.list_unknown + hour.list_unknown == 0 && hour.is_same(hour.list, tally.list) {
                tally.list = hour.list;
            }
        }
        self.would_be.add(hour.target, part, &tally);
        if let Some(sum) = self.cache_as_input.get_mut(hour.target) {
            *sum = sum.saturating_add(as_input);
        }
    }
}
