//! An estimate as a chart and tables, and what it takes for granted.

#[cfg(feature = "ssr")]
use crate::api::usage::Measure;
use crate::api::what_if::{Amount, Estimate, WhatIfPage};
use crate::api::{NanoUsd, Tier};
#[cfg(feature = "ssr")]
use crate::parts::chart::{Chart, Leads, Written};
use crate::parts::format;
use crate::parts::mark::TierChip;
use crate::parts::plan::Excluded;
use leptos::prelude::*;

/// What requests at a target cost, in a word where it is nothing by the token.
fn cost(amount: &Amount, tier: Option<Tier>) -> String {
    match (amount.cost.known, amount.cost.unknown_requests, tier) {
        _ if amount.requests == 0 => "none".to_owned(),
        (0, 0, Some(Tier::Subscription)) => "covered".to_owned(),
        (0, 0, Some(Tier::Free | Tier::Local)) => "free".to_owned(),
        (known, 0, _) => format::money(known),
        (0, ..) => "unknown".to_owned(),
        (known, ..) => format!("{} and more", format::money(known)),
    }
}

/// Recorded cost beside the estimate, over time: drawn, and as a table.
#[component]
pub fn OverTime(page: WhatIfPage, would_be: Vec<NanoUsd>) -> impl IntoView {
    let rows = page.parts.iter().enumerate().map(|(place, part)| {
        let of = |costs: &[NanoUsd]| format::money(costs.get(place).copied().unwrap_or_default());
        view! {
            <tr>
                <th scope="row">{part.name.clone()}</th>
                <td>{of(&page.recorded.parts)}</td>
                <td>{of(&would_be)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let unknown = page.recorded.whole.unknown_tokens > 0
        || page.estimate.as_ref().is_some_and(|estimate| estimate.would_be.whole.unknown_tokens > 0);
    let zone = page.zone.clone();
    view! {
        <section class="card" aria-labelledby="over-time">
            <header>
                <h2 id="over-time">"Cost over time"</h2>
                <ul class="legend what-if-legend">
                    <li>
                        <i class="swatch hue-rest"></i>
                        "Recorded"
                    </li>
                    <li>
                        <i class="swatch hue-0"></i>
                        "Estimate"
                    </li>
                </ul>
            </header>
            <Drawn page would_be />
            {unknown
                .then(|| {
                    view! {
                        <p class="faint what-if-unknown">
                            "What has no known price is in neither. " <a href="/prices?show=unknown">"Set prices"</a>
                        </p>
                    }
                })}
            <details class="usage-parts">
                <summary>"The chart as a table"</summary>
                <div class="scroll" tabindex="0" role="region" aria-label="The same by day">
                    <table class="usage-table">
                        <caption class="visually-hidden">{format!("Cost over time, in US dollars. Time zone: {zone}")}</caption>
                        <thead>
                            <tr>
                                <th scope="col">"When"</th>
                                <th scope="col">"Recorded"</th>
                                <th scope="col">"Estimate"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
#[component]
fn Drawn(page: WhatIfPage, would_be: Vec<NanoUsd>) -> impl IntoView {
    let names = page.parts.iter().map(|part| part.name.clone()).collect();
    let option = crate::charts::what_if::costs(names, &page.recorded.parts, &would_be).to_string();
    let label = "Recorded cost beside the estimate, over time. The table below holds the same.".to_owned();
    view! { <Chart option label written=Written::As(Measure::Cost) leads=Leads::default() /> }.into_any()
}

/// Pages are rendered on the server alone.
#[cfg(not(feature = "ssr"))]
#[component]
fn Drawn(page: WhatIfPage, would_be: Vec<NanoUsd>) -> impl IntoView {
    let _ = (page, would_be);
}

/// Who would have answered, and who did.
#[component]
pub fn ByTarget(estimate: Estimate, recorded: Amount) -> impl IntoView {
    let whole = estimate.would_be.whole;
    let rows = estimate.targets.into_iter().map(|row| {
        let (was, will) = (row.recorded, row.would_be);
        view! {
            <tr>
                <th scope="row">
                    <span class="mono">{row.target}</span>
                </th>
                <td class="what-if-tier">{row.tier.map(|tier| view! { <TierChip tier /> })}</td>
                <td>{format::count(will.requests)}</td>
                <td title=format::count(will.all_tokens())>{format::tokens(will.all_tokens())}</td>
                <td>{format::share(will.all_tokens(), whole.all_tokens())}</td>
                <td>{cost(&will, row.tier)}</td>
                <td title=format::count(was.all_tokens())>{format::tokens(was.all_tokens())}</td>
                <td>{cost(&was, row.tier)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card" aria-labelledby="by-target">
            <h2 id="by-target">"By target"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Every target">
                <table class="usage-table">
                    <caption class="visually-hidden">"The estimate by target, beside what was recorded. Costs in US dollars."</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Target"</th>
                            <th scope="col">"Tier"</th>
                            <th scope="col">"Requests"</th>
                            <th scope="col">"Tokens"</th>
                            <th scope="col">"Share"</th>
                            <th scope="col">"Cost"</th>
                            <th scope="col">"Recorded tokens"</th>
                            <th scope="col">"Recorded cost"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row">"All"</th>
                            <td></td>
                            <td>{format::count(whole.requests)}</td>
                            <td>{format::tokens(whole.all_tokens())}</td>
                            <td></td>
                            <td>{cost(&whole, None)}</td>
                            <td>{format::tokens(recorded.all_tokens())}</td>
                            <td>{cost(&recorded, None)}</td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// What the estimate takes for granted, and what it leaves out.
#[component]
pub fn Assumed(estimate: Estimate) -> impl IntoView {
    let lines = estimate.assumptions.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    let left_out = estimate.left_out;
    let complete = left_out.is_empty();
    view! {
        <section class="card" aria-labelledby="assumed">
            <h2 id="assumed">"What this estimate takes for granted"</h2>
            <ul class="what-if-assumed soft">{lines}</ul>
            {(!complete)
                .then(|| {
                    view! {
                        <h3>"Left out"</h3>
                        <Excluded exclusions=left_out.clone() />
                    }
                })}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Cost;

    #[test]
    fn nothing_by_the_token_is_said_in_a_word_and_unknown_is_never_nothing() {
        let amount = |known, unknown_requests| Amount {
            requests: 3,
            cost: Cost { known, unknown_requests, ..Cost::default() },
            ..Amount::default()
        };
        assert_eq!(cost(&amount(0, 0), Some(Tier::Subscription)), "covered");
        assert_eq!(cost(&amount(0, 0), Some(Tier::Local)), "free");
        assert_eq!(cost(&amount(5_000_000_000, 0), Some(Tier::Subscription)), "$5.00");
        assert_eq!(cost(&amount(0, 2), Some(Tier::Cheap)), "unknown");
        assert_eq!(cost(&amount(5_000_000_000, 2), None), "$5.00 and more");
        assert_eq!(cost(&Amount::default(), Some(Tier::Cheap)), "none");
    }
}
