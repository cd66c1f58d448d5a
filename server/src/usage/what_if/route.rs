//! Where requests go: which of a combo's targets answers first, and who is next when a limit is reached.

use super::limit::{Counter, Limit};
use super::{Hour, Lot, Target};
use app::api::combos::Strategy;
use app::api::providers::Rotation;

/// Parts that a request is shared in.
const WHOLE: i128 = 1 << 20;

/// Where requests may go.
#[derive(Clone, Debug)]
pub struct Route {
    /// The order of targets.
    pub group: Group,
    /// The targets in it.
    pub leaves: Vec<Leaf>,
    /// All limits of targets and accounts.
    pub limits: Vec<Limit>,
}

/// A combo.
#[derive(Clone, Debug)]
pub struct Group {
    /// In which order its targets are tried.
    pub strategy: Strategy,
    /// Its targets and their weights, without those that cannot be used at all.
    pub ways: Vec<(i32, Way)>,
    /// By how much each is behind its share, in units of a [`WHOLE`]th of a request.
    behind: Vec<i128>,
}

/// One target of a combo.
#[derive(Clone, Debug)]
pub enum Way {
    /// The place of a leaf.
    Leaf(usize),
    /// Another combo.
    Group(Group),
}

/// A target in a combo.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The place of the target among all.
    pub target: usize,
    /// The places of its limits in this combo.
    pub limits: Vec<usize>,
    /// The accounts that may be used.
    pub accounts: Vec<Account>,
    /// In which order they are tried.
    pub rotation: Rotation,
}

/// An account at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The places of its limits.
    pub limits: Vec<usize>,
}

impl Group {
    /// A combo.
    pub fn new(strategy: Strategy, ways: Vec<(i32, Way)>) -> Self {
        let behind = vec![0; ways.len()];
        Self { strategy, ways, behind }
    }

    /// Whether any of its targets may be used, those of combos inside it among them.
    fn any(&self, open: &impl Fn(usize) -> bool) -> bool {
        self.ways.iter().any(|(_, way)| way.is_open(open))
    }

    /// The target that would answer first here; `cost` orders those of a combo that goes by it.
    fn lead(&self, open: &impl Fn(usize) -> bool, cost: &impl Fn(usize) -> i64) -> Option<usize> {
        let mut leads = self.ways.iter().filter_map(|(_, way)| match way {
            Way::Leaf(leaf) => Some(*leaf).filter(|leaf| open(*leaf)),
            Way::Group(group) => group.lead(open, cost),
        });
        match self.strategy {
            Strategy::LeastCost => leads.min_by_key(|leaf| cost(*leaf)),
            _ => leads.next(),
        }
    }

    /// Shares requests among the targets that are open. `out` hears how many each gets.
    fn share(
        &mut self,
        requests: i64,
        open: &impl Fn(usize) -> bool,
        cost: &impl Fn(usize) -> i64,
        out: &mut Vec<(usize, i64)>,
    ) {
        let ways: Vec<usize> = (0..self.ways.len()).filter(|place| self.is_open(*place, open)).collect();
        let shares: Vec<(usize, i64)> = match self.strategy {
            Strategy::Weighted => self.parts(requests, &ways, |weight| weight),
            Strategy::RoundRobin | Strategy::LeastBusy => self.parts(requests, &ways, |_| 1),
            Strategy::LeastCost => {
                let least = |place: &usize| match self.ways.get(*place) {
                    Some((_, Way::Leaf(leaf))) => cost(*leaf),
                    Some((_, Way::Group(group))) => group.lead(open, cost).map_or(i64::MAX, cost),
                    None => i64::MAX,
                };
                ways.into_iter().min_by_key(least).map(|place| (place, requests)).into_iter().collect()
            }
            Strategy::Priority | Strategy::Fastest | Strategy::DrainFirst => {
                ways.first().map(|place| (*place, requests)).into_iter().collect()
            }
        };
        for (place, requests) in shares.into_iter().filter(|(_, requests)| *requests > 0) {
            match self.ways.get_mut(place) {
                Some((_, Way::Leaf(leaf))) => out.push((*leaf, requests)),
                Some((_, Way::Group(group))) => group.share(requests, open, cost, out),
                None => {}
            }
        }
    }

    fn is_open(&self, place: usize, open: &impl Fn(usize) -> bool) -> bool {
        self.ways.get(place).is_some_and(|(_, way)| way.is_open(open))
    }

    /// Whole requests by weight. What a target is behind or ahead of its share is kept in mind, so that one request an
    /// hour is shared fairly too.
    fn parts(&mut self, requests: i64, ways: &[usize], weight: impl Fn(i32) -> i32) -> Vec<(usize, i64)> {
        let weight =
            |place: usize| self.ways.get(place).map_or(1, |(given, _)| i128::from(weight(*given).max(1)));
        let whole: i128 = ways.iter().map(|place| weight(*place)).sum();
        let mut left = requests;
        let mut shares: Vec<(usize, i64, i128)> = Vec::with_capacity(ways.len());
        for place in ways {
            let owed = self.behind.get(*place).copied().unwrap_or_default();
            let due = i128::from(requests) * weight(*place) * WHOLE / whole + owed;
            let given = i64::try_from(due.div_euclid(WHOLE)).unwrap_or(left).clamp(0, left);
            left -= given;
            shares.push((*place, given, due - i128::from(given) * WHOLE));
        }
        // The rest, one by one, to whoever is behind most: fewer than there are targets.
        while left > 0 {
            let furthest = shares.iter_mut().min_by_key(|(place, _, behind)| (-*behind, *place));
            let Some((_, given, behind)) = furthest else { break };
            *given += 1;
            *behind -= WHOLE;
            left -= 1;
        }
        for (place, _, behind) in &shares {
            if let Some(kept) = self.behind.get_mut(*place) {
                // Where others are closed all of a sudden, nobody owes more than one.
                *kept = (*behind).clamp(-WHOLE, WHOLE);
            }
        }
        shares.into_iter().map(|(place, given, _)| (place, given)).collect()
    }
}

impl Way {
    fn is_open(&self, open: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Leaf(leaf) => open(*leaf),
            Self::Group(group) => group.any(open),
        }
    }
}

/// A replay under way.
pub(super) struct Journey<'t> {
    group: Group,
    ground: Ground<'t>,
    too_long: i64,
}

/// What decides whether a target takes a request, and what is used of its limits.
struct Ground<'t> {
    targets: &'t [Target],
    leaves: Vec<Leaf>,
    counters: Vec<Counter>,
    /// Whose turn it is among the accounts of each leaf.
    turns: Vec<usize>,
}

impl<'t> Journey<'t> {
    pub(super) fn new(targets: &'t [Target], route: Route) -> Self {
        let Route { group, leaves, limits } = route;
        let turns = vec![0; leaves.len()];
        let counters = limits.into_iter().map(Counter::new).collect();
        Self { group, ground: Ground { targets, leaves, counters, turns }, too_long: 0 }
    }

    /// Requests that a target was passed over for, because its window was too small.
    pub(super) fn too_long(&self) -> i64 {
        self.too_long
    }

    /// Where an hour's requests go: targets by their place among all, and what none of them takes.
    pub(super) fn place(&mut self, hour: &Hour) -> (Vec<(usize, Lot)>, Lot) {
        let ground = &mut self.ground;
        ground.counters.iter_mut().for_each(|counter| counter.turn(hour.at));
        let prompt = hour.lot.tokens.prompt() / hour.lot.requests.max(1);
        let fits: Vec<bool> = (0..ground.leaves.len()).map(|leaf| ground.fits(leaf, prompt)).collect();
        let fits = |leaf: usize| fits.get(leaf).copied().unwrap_or_default();
        let usable: Vec<usize> = (0..ground.leaves.len()).filter(|leaf| ground.is_open(*leaf)).collect();
        // Where none is large enough, each is as good: what happens then is for the vendor to say.
        let any_fits = usable.iter().any(|leaf| fits(*leaf));
        if any_fits && usable.iter().any(|leaf| !fits(*leaf)) {
            self.too_long += hour.lot.requests;
        }
        let (mut placed, mut left) = (Vec::new(), hour.lot);
        while !left.is_empty() {
            let mut shares = Vec::new();
            let open = |leaf: usize| ground.is_open(leaf) && (!any_fits || fits(leaf));
            let cost = |leaf: usize| ground.cost(leaf, &left).unwrap_or(i64::MAX);
            self.group.share(left.requests, &open, &cost, &mut shares);
            if shares.is_empty() {
                break;
            }
            // What a target cannot take goes to those that are open still: each round closes one at least.
            let mut over = Lot::default();
            for (leaf, requests) in shares {
                let lot = left.take(requests);
                over.add(&ground.give(leaf, lot, &mut placed));
            }
            left = over;
        }
        (placed, left)
    }
}

impl Ground<'_> {
    fn fits(&self, leaf: usize, prompt: i64) -> bool {
        let target = self.leaves.get(leaf).and_then(|leaf| self.targets.get(leaf.target));
        target.and_then(|target| target.context).is_none_or(|context| context >= prompt)
    }

    fn has_room(&self, limits: &[usize]) -> bool {
        limits.iter().filter_map(|limit| self.counters.get(*limit)).all(Counter::is_open)
    }

    fn is_open(&self, leaf: usize) -> bool {
        self.leaves.get(leaf).is_some_and(|leaf| {
            self.has_room(&leaf.limits) && leaf.accounts.iter().any(|account| self.has_room(&account.limits))
        })
    }

    fn cost(&self, leaf: usize, lot: &Lot) -> Option<i64> {
        let target = self.targets.get(self.leaves.get(leaf)?.target)?;
        target.cost(&lot.tokens)
    }

    /// The account whose turn it is at a target, with the place of the target, all limits that hold for it, and how many
    /// accounts there are.
    fn next_account(&self, leaf: usize) -> Option<(usize, Vec<usize>, usize)> {
        let own = self.leaves.get(leaf).filter(|own| self.has_room(&own.limits))?;
        let open: Vec<_> = own.accounts.iter().filter(|account| self.has_room(&account.limits)).collect();
        let turn = match own.rotation {
            Rotation::FillFirst => 0,
            Rotation::RoundRobin => self.turns.get(leaf)?.checked_rem(open.len())?,
        };
        let account = open.get(turn)?;
        Some((own.target, own.limits.iter().chain(&account.limits).copied().collect(), open.len()))
    }

    /// Gives requests to the accounts of a target, as far as limits let them. Gives back the rest.
    fn give(&mut self, leaf: usize, mut lot: Lot, placed: &mut Vec<(usize, Lot)>) -> Lot {
        let mut each = None;
        while !lot.is_empty()
            && let Some((target, limits, accounts)) = self.next_account(leaf)
        {
            let even = || {
                let accounts = i64::try_from(accounts).unwrap_or(1).max(1);
                (lot.requests + accounts - 1) / accounts
            };
            let turns = self.leaves.get(leaf).is_some_and(|own| own.rotation == Rotation::RoundRobin);
            let most = *each.get_or_insert_with(|| if turns { even() } else { lot.requests });
            let cost = self.cost(leaf, &lot).unwrap_or(0);
            let counters = limits.iter().filter_map(|limit| self.counters.get(*limit));
            let most = counters.map(|counter| counter.lets(&lot, cost)).fold(most, i64::min);
            let given = lot.take(most);
            let cost = self.cost(leaf, &given).unwrap_or(0);
            for limit in limits {
                if let Some(counter) = self.counters.get_mut(limit) {
                    counter.count(&given, cost);
                }
            }
            if let Some(turn) = self.turns.get_mut(leaf) {
                *turn = turn.wrapping_add(1);
            }
            match placed.iter_mut().find(|(known, _)| *known == target) {
                Some((_, sum)) => sum.add(&given),
                None => placed.push((target, given)),
            }
        }
        lot
    }
}
