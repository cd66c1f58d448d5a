//! What a replay keeps, whatever the usage, the combo and the prices; and what its strategies and limits come to.

use super::*;
use crate::store::RequestRecord;
use crate::usage::price::Charge;
use app::api::combos::{Budget, Measure, Period, Strategy as Order};
use app::api::providers::Rotation;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use wire::Usage;

const HOUR: i64 = 3_600_000;
/// 2026-11-28T00:00:00Z, a Saturday.
const SATURDAY: i64 = 1_795_824_000_000;

fn target(name: &str, price: Price, tier: Tier) -> Target {
    Target {
        provider: name.to_owned(),
        model: "m".to_owned(),
        tier: Some(tier),
        price,
        covered: tier != Tier::Cheap,
        stated: false,
        context: None,
    }
}

/// USD 1 for a million tokens of any sort is 1,000 of the smallest unit for each.
fn flat(usd: i64) -> Price {
    let nano = Some(usd * 1_000_000_000);
    Price { input: nano, output: nano, cache_read: nano, cache_write: nano, image: None }
}

fn hour(at: i64, target: usize, requests: i64, input: i64) -> Hour {
    let tokens = Tokens { input, ..Tokens::default() };
    Hour { at: SATURDAY + at * HOUR, target, lot: Lot { requests, tokens }, ..Hour::default() }
}

/// A combo of the first targets, each with one account without limits.
fn combo(order: Order, weights: &[i32]) -> Route {
    let leaf = |target| Leaf {
        target,
        limits: Vec::new(),
        accounts: vec![Account { limits: Vec::new() }],
        rotation: Rotation::FillFirst,
    };
    let ways = weights.iter().enumerate().map(|(place, weight)| (*weight, Way::Leaf(place)));
    Route {
        group: Group::new(order, ways.collect()),
        leaves: (0..weights.len()).map(leaf).collect(),
        limits: Vec::new(),
    }
}

fn tokens_a_day(amount: i64) -> Limit {
    Budget { measure: Measure::Tokens, amount, period: Period::Day }.into()
}

fn through(targets: &[Target], hours: &[Hour], route: Route) -> Replayed {
    replay(targets, hours, Change::Route(route), 1, |_| 0)
}

fn requests(replayed: &Replayed) -> Vec<i64> {
    replayed.would_be.targets.iter().map(|tally| tally.lot.requests).collect()
}

#[test]
fn what_was_billed_where_it_stays_is_not_estimated() {
    // No price is known, and yet it is known what it cost.
    let stating = Target { stated: true, ..target("stating", Price::default(), Tier::Cheap) };
    let targets = [stating, target("other", flat(1), Tier::Cheap)];
    let hours = [Hour { cost: 77, ..hour(0, 0, 2, 1_000) }];
    let stays = through(&targets, &hours, combo(Order::Priority, &[1]));
    assert_eq!((stays.would_be.whole().cost, stays.would_be.whole().unknown_requests), (77, 0));
}

#[test]
fn the_first_of_a_combo_answers_everything_it_may() {
    let targets = [target("a", flat(2), Tier::Cheap), target("b", flat(1), Tier::Cheap)];
    let hours = [hour(0, 1, 10, 1_000)];
    let replayed = through(&targets, &hours, combo(Order::Priority, &[1, 1]));
    assert_eq!((requests(&replayed), replayed.would_be.whole().cost), (vec![10, 0], 2_000_000));
    let cheapest = through(&targets, &hours, combo(Order::LeastCost, &[1, 1]));
    assert_eq!((requests(&cheapest), cheapest.would_be.whole().cost), (vec![0, 10], 1_000_000));
}

#[test]
fn what_is_covered_is_the_cheapest_and_what_is_unknown_comes_last() {
    let targets = [
        target("unknown", Price::default(), Tier::Cheap),
        target("cheap", flat(1), Tier::Cheap),
        target("plan", Price::default(), Tier::Subscription),
    ];
    let all = through(&targets, &[hour(0, 0, 3, 99)], combo(Order::LeastCost, &[1, 1, 1]));
    let whole = all.would_be.whole();
    assert_eq!((requests(&all), whole.unknown_tokens, whole.list_unknown), (vec![0, 0, 3], 0, 3));
    let two = through(&targets, &[hour(0, 0, 3, 99)], combo(Order::LeastCost, &[1, 1]));
    assert_eq!(requests(&two), [0, 3, 0]);
    let alone = through(&targets, &[hour(0, 0, 3, 99)], combo(Order::LeastCost, &[1])).would_be.whole();
    assert_eq!((alone.cost, alone.unknown_requests, alone.unknown_tokens), (0, 3, 99), "never nothing");
}

#[test]
fn shares_go_by_weight_in_one_busy_hour_and_in_many_quiet_ones() {
    let targets = [flat(1); 3].map(|price| target("a", price, Tier::Cheap));
    let busy = through(&targets, &[hour(0, 0, 1_000, 5_000)], combo(Order::Weighted, &[5, 3, 2]));
    assert_eq!(requests(&busy), [500, 300, 200]);
    let quiet: Vec<Hour> = (0..1_000).map(|at| hour(at, 0, 1, 5)).collect();
    let quiet = through(&targets, &quiet, combo(Order::Weighted, &[5, 3, 2]));
    assert_eq!(requests(&quiet), [500, 300, 200]);
    let even =
        through(&targets, &[hour(0, 0, 9, 90), hour(1, 0, 1, 10)], combo(Order::RoundRobin, &[9, 1, 1]));
    assert_eq!(requests(&even), [4, 3, 3]);
}

#[test]
fn a_combo_inside_another_is_one_share_of_it() {
    let targets = [flat(1); 3].map(|price| target("a", price, Tier::Cheap));
    let mut route = combo(Order::Weighted, &[1, 1, 1]);
    let inner = Group::new(Order::RoundRobin, vec![(1, Way::Leaf(1)), (1, Way::Leaf(2))]);
    route.group = Group::new(Order::Weighted, vec![(2, Way::Leaf(0)), (2, Way::Group(inner))]);
    assert_eq!(requests(&through(&targets, &[hour(0, 0, 80, 800)], route)), [40, 20, 20]);
}

#[test]
fn what_is_over_a_budget_goes_to_the_next_until_the_day_is_over() {
    let targets = [target("a", flat(1), Tier::Cheap), target("b", flat(3), Tier::Cheap)];
    let mut route = combo(Order::Priority, &[1, 1]);
    route.limits = vec![tokens_a_day(250)];
    route.leaves[0].limits = vec![0];
    // Two hours of Saturday, and one of Sunday: 10 requests of 10 tokens each.
    let hours = [hour(0, 0, 20, 200), hour(5, 0, 10, 100), hour(24, 0, 10, 100)];
    let replayed = through(&targets, &hours, route);
    assert_eq!(requests(&replayed), [35, 5], "five of the second hour found the budget used up");
    assert_eq!(replayed.would_be.whole().cost, 350 * 1_000 + 50 * 3_000);
    assert!(replayed.unanswered.is_empty());
}

#[test]
fn a_budget_in_dollars_counts_what_targets_cost() {
    let targets = [target("a", flat(1), Tier::Cheap), target("b", flat(3), Tier::Cheap)];
    let mut route = combo(Order::Priority, &[1, 1]);
    route.limits = vec![Budget { measure: Measure::Cost, amount: 30_000, period: Period::Week }.into()];
    route.leaves[0].limits = vec![0];
    // A request is 10,000: three reach it. Monday is two days later.
    let hours = [hour(0, 0, 5, 50), hour(24, 0, 1, 10), hour(48, 0, 1, 10)];
    assert_eq!(requests(&through(&targets, &hours, route)), [4, 3]);
}

#[test]
fn accounts_take_turns_and_what_none_has_room_for_is_not_answered() {
    let targets = [target("a", flat(1), Tier::Cheap)];
    let mut route = combo(Order::Priority, &[1]);
    route.limits = vec![tokens_a_day(30), tokens_a_day(1_000)];
    route.leaves[0].accounts = vec![Account { limits: vec![0] }, Account { limits: vec![1] }];
    for (rotation, hours, left) in [
        (Rotation::FillFirst, vec![hour(0, 0, 110, 1_100)], 7),
        (Rotation::RoundRobin, vec![hour(0, 0, 110, 1_100)], 7),
        (Rotation::RoundRobin, (0..4).map(|at| hour(at, 0, 1, 10)).collect(), 0),
    ] {
        let mut route = route.clone();
        route.leaves[0].rotation = rotation;
        let replayed = through(&targets, &hours, route);
        assert_eq!(replayed.unanswered.requests, left, "{rotation:?}");
        assert_eq!(replayed.unanswered.tokens.input, left * 10);
    }
}

#[test]
fn shares_of_a_target_that_is_full_go_to_the_others_by_weight() {
    let targets = [flat(1); 3].map(|price| target("a", price, Tier::Cheap));
    let mut route = combo(Order::Weighted, &[2, 1, 1]);
    route.limits =
        vec![Limit { counted: Counted::Requests, amount: 10, turns: Turns::Budget(Period::Month) }];
    route.leaves[0].accounts[0].limits = vec![0];
    assert_eq!(requests(&through(&targets, &[hour(0, 0, 100, 100)], route)), [10, 45, 45]);
}

#[test]
fn a_window_that_is_too_small_is_passed_over_unless_all_are() {
    let small = Target { context: Some(50), ..target("small", flat(1), Tier::Cheap) };
    let targets = [small, target("large", flat(1), Tier::Cheap)];
    let hours = [hour(0, 0, 1, 60), hour(1, 0, 2, 60)];
    let replayed = through(&targets, &hours, combo(Order::Priority, &[1, 1]));
    assert_eq!((requests(&replayed), replayed.too_long), (vec![2, 1], 1));
    let alone = through(&targets, &hours, combo(Order::Priority, &[1]));
    assert_eq!((requests(&alone), alone.too_long), (vec![3, 0], 0));
}

#[test]
fn cached_tokens_without_a_price_of_their_own_cost_what_fresh_ones_do() {
    let price = Price { cache_read: None, cache_write: None, ..flat(2) };
    let targets = [target("a", price, Tier::Cheap)];
    let tokens = Tokens { input: 10, cache_read: 100, cache_write: 5, output: 1 };
    let hours = [Hour { lot: Lot { requests: 1, tokens }, ..hour(0, 0, 1, 0) }];
    let replayed = through(&targets, &hours, combo(Order::Priority, &[1]));
    assert_eq!((replayed.would_be.whole().cost, &*replayed.cache_as_input), (116 * 2_000, &[105][..]));
}

#[test]
fn another_price_changes_one_target_whatever_its_tier() {
    let targets = [target("plan", Price::default(), Tier::Subscription), target("b", flat(3), Tier::Cheap)];
    let hours = [hour(0, 0, 2, 100), Hour { cost: 7, unknown: 1, ..hour(0, 1, 2, 100) }];
    let change = Change::Price { target: 0, price: flat(1) };
    let would_be = replay(&targets, &hours, change, 1, |_| 0).would_be;
    assert_eq!((would_be.targets[0].cost, would_be.targets[1].cost), (100_000, 7));
    assert_eq!((would_be.targets[1].unknown_requests, would_be.targets[1].unknown_tokens), (1, 50));
}

#[test]
fn parts_of_time_hold_what_lies_in_them() {
    let targets = [target("a", flat(1), Tier::Cheap)];
    let hours = [hour(0, 0, 1, 10), hour(1, 0, 1, 20), hour(30, 0, 1, 40)];
    let day = |at: i64| usize::try_from((at - SATURDAY) / (24 * HOUR)).unwrap();
    let replayed = replay(&targets, &hours, Change::Route(combo(Order::Priority, &[1])), 2, day);
    let costs: Vec<i64> = replayed.would_be.parts.iter().map(|part| part.cost).collect();
    assert_eq!(costs, [30_000, 40_000]);
    assert_eq!(recorded(&targets, &hours, 2, day).parts[1].lot.tokens.input, 40);
}

/// One request, as it is recorded.
fn request() -> impl Strategy<Value = Usage> {
    let counts = (0_u64..200_000, 0_u64..200_000, 0_u64..50_000, 0_u64..9_000);
    counts.prop_map(|(input, cache_read, cache_write, output)| Usage {
        input,
        cache_read,
        cache_write,
        output,
        reasoning: None,
    })
}

/// Any price down to the smallest unit, so that each request is rounded.
fn price() -> impl Strategy<Value = Price> {
    let one = || option::weighted(0.9, 0_i64..20_000_000_000);
    (one(), one(), one(), one()).prop_map(|(input, output, cache_read, cache_write)| Price {
        input,
        output,
        cache_read,
        cache_write,
        image: None,
    })
}

fn tier() -> impl Strategy<Value = Tier> {
    select(vec![Tier::Subscription, Tier::Cheap, Tier::Cheap, Tier::Free, Tier::Local])
}

/// Sums by the hour, as the store has them, of requests that cost what each of them did.
fn summed(at: i64, place: usize, target: &Target, requests: &[Usage]) -> Hour {
    let mut hour = hour(at, place, 0, 0);
    for usage in requests {
        let [input, cache_read, cache_write, output] =
            [usage.input, usage.cache_read, usage.cache_write, usage.output].map(|count| count as i64);
        let tokens = Tokens { input, cache_read, cache_write, output };
        hour.lot.add(&Lot { requests: 1, tokens });
        let rate = Rate { price: target.price, covered: target.covered, ..Rate::default() };
        let charge = Charge::of(&RequestRecord { usage: Some(*usage), ..RequestRecord::default() }, &rate);
        hour.cost += charge.cost.unwrap_or(0);
        hour.unknown += i64::from(charge.cost.is_none());
        hour.list += charge.list_cost.unwrap_or(0);
        hour.list_unknown += i64::from(charge.covered && charge.list_cost.is_none());
    }
    hour
}

fn usage() -> impl Strategy<Value = (Vec<Target>, Vec<Hour>)> {
    let targets = vec((price(), tier(), option::of(1_000_i64..300_000)), 3).prop_map(|known| {
        let one = |(price, tier, context)| Target { context, ..target("a", price, tier) };
        known.into_iter().map(one).collect::<Vec<_>>()
    });
    let hours = vec((0_i64..5, 0_usize..3, vec(request(), 1..6)), 1..12);
    (targets, hours).prop_map(|(targets, hours)| {
        let mut at = 0;
        let hours = hours.into_iter().map(|(later, place, requests)| {
            at += later;
            summed(at, place, &targets[place], &requests)
        });
        let hours = hours.collect();
        (targets, hours)
    })
}

fn limits() -> impl Strategy<Value = Vec<Limit>> {
    let period = select(vec![Period::Day, Period::Week, Period::Month]);
    let counted = select(vec![Counted::Requests, Counted::Tokens, Counted::Cost]);
    let one = (counted, 1_i64..2_000_000, period).prop_map(|(counted, amount, period)| {
        let amount = if counted == Counted::Requests { amount % 20 + 1 } else { amount };
        Limit { counted, amount, turns: Turns::Budget(period) }
    });
    vec(one, 3)
}

proptest! {
    #[test]
    fn no_token_is_lost_or_made(
        (targets, hours) in usage(),
        order in select(&Order::ALL[..]),
        weights in vec(1_i32..1000, 1..4),
        limits in limits(),
        holds in vec(any::<bool>(), 6),
        turns in any::<bool>(),
    ) {
        let mut route = combo(order, &weights);
        route.limits = limits;
        for (place, leaf) in route.leaves.iter_mut().enumerate() {
            leaf.limits = holds[place].then_some(place).into_iter().collect();
            let shared = holds[place + 3].then_some(2).into_iter().collect();
            leaf.accounts.insert(0, Account { limits: shared });
            leaf.accounts.truncate(if turns { 2 } else { 1 });
            leaf.rotation = if turns { Rotation::RoundRobin } else { Rotation::FillFirst };
        }
        let replayed = through(&targets, &hours, route);
        let mut out = replayed.would_be.whole().lot;
        out.add(&replayed.unanswered);
        prop_assert_eq!(out, recorded(&targets, &hours, 1, |_| 0).whole().lot);
        for (target, tally) in targets.iter().zip(&replayed.would_be.targets) {
            prop_assert!(!target.covered || tally.cost == 0 && tally.unknown_requests == 0);
        }
    }

    /// The same target at the same prices costs what was recorded, to the last digit, although each request was rounded.
    #[test]
    fn nothing_changed_costs_the_same((targets, hours) in usage()) {
        for place in 0..targets.len() {
            let own: Vec<Hour> = hours.iter().filter(|hour| hour.target == place).copied().collect();
            let was = recorded(&targets, &own, 1, |_| 0).whole();
            let price = targets[place].price;
            if !targets[place].covered {
                let priced = replay(&targets, &own, Change::Price { target: place, price }, 1, |_| 0);
                prop_assert!(was.unknown_requests > 0 || priced.would_be.whole() == was);
            }
            let mut route = combo(Order::Priority, &[1]);
            route.leaves[0].target = place;
            let same = through(&targets, &own, route);
            prop_assert!(was.unknown_requests + was.list_unknown > 0 || same.would_be.whole() == was);
        }
        // Where no usage has the other price, all of it is as it was.
        let other = Change::Price { target: usize::MAX, price: flat(1) };
        let same = replay(&targets, &hours, other, 1, |_| 0);
        prop_assert_eq!(same.would_be, recorded(&targets, &hours, 1, |_| 0));
    }
}
