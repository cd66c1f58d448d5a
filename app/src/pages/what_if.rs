//! What-if: what recorded usage would have cost through another combo, at another model, or at another price. An
//! estimate, and called one wherever it is read.

use super::what_if_form::{Ask, address, of_all};
use super::what_if_tables::{Assumed, ByTarget, OverTime};
use crate::api::what_if::{Amount, Estimate, Side, WhatIfPage, WhatIfQuery, load_what_if};
use crate::api::{Problem, Tier};
use crate::parts::chart::ECHARTS;
use crate::parts::figure::{Figure, TierBar};
use crate::parts::filter::Notes;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{Badge, Tone};
use crate::parts::reader;
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The what-if page.
#[component]
pub fn WhatIf() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| {
        let of = |name: &str| query.get(name).unwrap_or_default().trim().to_owned();
        WhatIfQuery {
            days: of("days"),
            provider: of("provider"),
            model: of("model"),
            key: of("key"),
            client: of("client"),
            combo: of("combo"),
            change: of("change"),
            to: of("to"),
            input: of("input"),
            output: of("output"),
            cache_read: of("cache_read"),
            cache_write: of("cache_write"),
        }
    });
    let data = load_what_if(query, reader::clock());
    framed(
        Place::Usage,
        |_| "What-if: an estimate".to_owned(),
        data,
        |page| {
            let nothing = page.recorded.whole.requests == 0;
            view! {
                <Ask page=page.clone() />
                <Notes notes=page.notes.clone() />
                {page.fault.clone().map(|problem| view! { <Fault problem /> })}
                {match page.estimate.clone() {
                    _ if nothing => view! { <Nothing query=page.query /> }.into_any(),
                    Some(estimate) => view! { <Came page estimate /> }.into_any(),
                    None => view! { <Recorded page /> }.into_any(),
                }}
            }
            .into_any()
        },
    )
}

/// Why nothing came of it.
#[component]
fn Fault(problem: Problem) -> impl IntoView {
    view! {
        <p class="alert bad" role="alert">
            <Icon glyph=Glyph::Warning />
            <span>{problem.message}</span>
        </p>
    }
    .into_any()
}

#[component]
fn Nothing(query: WhatIfQuery) -> impl IntoView {
    let all = of_all(&query);
    let (words, label, href) = if all != address(&query) {
        ("No request of these days fits these filters.", "Remove the filters", all)
    } else {
        (
            "What-if replays recorded usage, and no request of these days is recorded.",
            "Connect a tool",
            "/connect".to_owned(),
        )
    };
    view! {
        <section class="card">
            <Empty glyph=Glyph::Chart title="Nothing was used" words>
                <a class="button primary" href=href>
                    {label}
                </a>
            </Empty>
        </section>
    }
    .into_any()
}

/// "over 30 days (30 Oct – 28 Nov)"
fn over(days: i64, span: &str) -> String {
    if days == 1 { format!("over the last 24 hours ({span})") } else { format!("over {days} days ({span})") }
}

/// What was paid by the token.
fn paid(amount: &Amount) -> String {
    let unknown = amount.cost.unknown_requests;
    match (amount.cost.known, unknown) {
        (known, 0) => format::money(known),
        (0, _) => "an unknown cost".to_owned(),
        (known, _) => {
            let requests = format::counted(unknown, "request", "requests");
            format!("{} and {requests} of unknown price", format::money(known))
        }
    }
}

/// What was recorded, before anything is changed.
#[component]
fn Recorded(page: WhatIfPage) -> impl IntoView {
    let whole = page.recorded.whole;
    let words = format!(
        "{} with {} tokens came to {} {}. Choose what changes, and see what it would have been.",
        format::counted(whole.requests, "request", "requests"),
        format::tokens(whole.all_tokens()),
        paid(&whole),
        over(page.days, &page.span)
    );
    view! {
        <section class="card" aria-labelledby="recorded">
            <h2 id="recorded">"As it was recorded"</h2>
            <p class="soft">{words}</p>
            <TierBar tiers=page.recorded.tiers />
        </section>
    }
    .into_any()
}

/// What came of it, in one sentence.
fn headline(recorded: &Amount, would_be: &Amount, over: &str) -> String {
    let was = paid(recorded);
    let paid = |amount: &Amount| (amount.cost.known, amount.cost.unknown_requests);
    let same = paid(recorded) == paid(would_be);
    match (would_be.cost.known, would_be.cost.unknown_requests) {
        (0, 0) if would_be.requests == 0 => format!("Nothing would have been answered {over}; it was {was}."),
        (0, 0) if same => format!("Nothing is paid by the token either way {over}."),
        (0, 0) => format!("Nothing to pay by the token instead of {was} {over}."),
        (known, 0) if same => format!("The same {} {over}.", format::money(known)),
        (known, 0) => format!("About {} instead of {was} {over}.", format::money(known)),
        (0, _) => format!(
            "An unknown cost instead of {was} {over}: no price is stated for {} tokens.",
            format::tokens(would_be.unknown_tokens)
        ),
        (known, _) => format!(
            "About {}, and {} tokens of unknown price, instead of {was} {over}.",
            format::money(known),
            format::tokens(would_be.unknown_tokens)
        ),
    }
}

#[component]
fn Came(page: WhatIfPage, estimate: Estimate) -> impl IntoView {
    let (recorded, would_be) = (page.recorded.clone(), estimate.would_be.clone());
    let words = headline(&recorded.whole, &would_be.whole, &over(page.days, &page.span));
    let unanswered = (estimate.unanswered_requests > 0).then(|| {
        let requests = format::counted(estimate.unanswered_requests, "request", "requests");
        let tokens = format::tokens(estimate.unanswered_tokens);
        format!(
            "{requests} with {tokens} tokens would have found every target at its limit. They are not in the estimate."
        )
    });
    let json = address(&page.query).replacen("/what-if", "/api/v1/what-if", 1);
    view! {
        <section class="card headline" aria-labelledby="estimate">
            <Badge tone=Tone::Warn glyph=Glyph::Gauge text="Estimate" />
            <h2 id="estimate">{words}</h2>
            <p class="soft">"Replayed from what was recorded; what that takes for granted stands below."</p>
        </section>
        {unanswered
            .map(|words| {
                view! {
                    <p class="alert warn">
                        <Icon glyph=Glyph::Warning />
                        " "
                        <span>{words}</span>
                    </p>
                }
            })}
        <Figures recorded=recorded.clone() would_be=would_be.clone() />
        <div class="columns even">
            <section class="card" aria-labelledby="tiers-were">
                <h2 id="tiers-were">"Tiers, as recorded"</h2>
                <TierBar tiers=recorded.tiers />
            </section>
            <section class="card" aria-labelledby="tiers-would-be">
                <h2 id="tiers-would-be">"Tiers, by the estimate"</h2>
                <TierBar tiers=would_be.tiers />
            </section>
        </div>
        <OverTime page=page.clone() would_be=estimate.would_be.parts.clone() />
        <ByTarget estimate=estimate.clone() recorded=page.recorded.whole />
        <Assumed estimate />
        <p class="what-if-json faint">"The same for programs, as JSON: " <code>"GET " {json}</code></p>
        <script src=ECHARTS defer></script>
    }
    .into_any()
}

/// What of the tokens a subscription carried, in words.
fn covered(side: &Side) -> String {
    let tokens = side.tiers.iter().filter(|share| share.tier == Tier::Subscription).map(|share| share.tokens);
    format::share(tokens.sum(), side.whole.all_tokens())
}

#[component]
fn Figures(recorded: Side, would_be: Side) -> impl IntoView {
    let (was, will) = (recorded.whole, would_be.whole);
    let cost = |amount: &Amount| match (amount.cost.known, amount.cost.unknown_requests) {
        (0, unknown) if unknown > 0 => "unknown".to_owned(),
        (known, _) => format::money(known),
    };
    let unknown = |amount: &Amount| match amount.unknown_tokens {
        0 => "All prices are known".to_owned(),
        tokens => format!("and {} tokens of unknown price", format::tokens(tokens)),
    };
    let counted = |amount: &Amount| {
        let requests = format::counted(amount.requests, "request", "requests");
        format!("{requests}, {} tokens", format::tokens(amount.all_tokens()))
    };
    let all_known = was.cost.unknown_requests == 0 && will.cost.unknown_requests == 0;
    let change = will.cost.known - was.cost.known;
    let (difference, note) = match (all_known, change) {
        (false, _) => ("unknown".to_owned(), "Not all prices are known"),
        (true, 0) => ("none".to_owned(), "It costs the same"),
        (true, ..0) => (format::money(change), "Less by the token"),
        (true, _) => (format!("+{}", format::money(change)), "More by the token"),
    };
    let against = match was.cost.known {
        known if known > 0 && all_known => {
            let percent = i128::from(change) * 100 / i128::from(known);
            format!("{percent:+}% against what was recorded")
        }
        _ => "In US dollars".to_owned(),
    };
    let worth = match will.cost.covered {
        0 => "Of all tokens, by the estimate".to_owned(),
        cost => format!("What is covered is worth {} at list prices", format::money(cost)),
    };
    view! {
        <dl class="figures" aria-label="Recorded, and by the estimate">
            <Figure label="Recorded cost" number=cost(&was) note=unknown(&was) against=counted(&was) />
            <Figure label="Estimated cost" number=cost(&will) note=unknown(&will) against=counted(&will) />
            <Figure label="Difference" number=difference note against />
            <Figure
                label="Covered by subscriptions"
                number=covered(&would_be)
                note=worth
                against=format!("{} as recorded", covered(&recorded))
            />
        </dl>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Cost, Tokens};

    fn amount(known: i64, unknown_requests: i64) -> Amount {
        Amount {
            requests: 9,
            tokens: Tokens { input: 1_000, ..Tokens::default() },
            cost: Cost { known, unknown_requests, ..Cost::default() },
            unknown_tokens: unknown_requests * 100,
        }
    }

    #[test]
    fn the_headline_says_what_came_of_it() {
        let over = over(30, "30 Oct – 28 Nov");
        let said = |recorded, would_be| headline(&recorded, &would_be, &over);
        assert_eq!(
            said(amount(12_800_000_000, 0), amount(4_100_000_000, 0)),
            "About $4.10 instead of $12.80 over 30 days (30 Oct – 28 Nov)."
        );
        for (recorded, would_be, words) in [
            (amount(2_000_000_000, 0), amount(2_000_000_000, 0), "The same $2.00 over"),
            (amount(2_000_000_000, 0), amount(0, 0), "Nothing to pay by the token instead of $2.00 over"),
            (amount(0, 0), amount(0, 0), "Nothing is paid by the token either way over"),
            (amount(2_000_000_000, 0), amount(0, 9), "An unknown cost instead of $2.00"),
            (amount(0, 9), amount(3_000_000_000, 0), "About $3.00 instead of an unknown cost over"),
            (
                amount(1_000_000_000, 1),
                amount(3_000_000_000, 2),
                "About $3.00, and 200 tokens of unknown price,",
            ),
            (
                amount(1_000_000_000, 1),
                amount(3_000_000_000, 0),
                "instead of $1.00 and 1 request of unknown price",
            ),
            (amount(1_000_000_000, 0), Amount::default(), "Nothing would have been answered over"),
        ] {
            let said = said(recorded, would_be);
            assert!(said.contains(words), "{said}");
        }
        assert_eq!(super::over(1, "a – b"), "over the last 24 hours (a – b)");
    }
}
