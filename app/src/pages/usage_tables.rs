//! Usage as tables: what charts show, and what is better read than drawn.

use super::usage::{requests_of, share_of};
use crate::api::usage::{Measure, Speed, Sums, UsagePage, UsageQuery};
use crate::parts::format;
use leptos::prelude::*;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A measure in words.
fn measured(sums: &Sums, measure: Measure) -> String {
    match measure {
        Measure::Tokens => format::tokens(sums.all_tokens()),
        Measure::Cost => cost(sums),
        Measure::Requests => format::count(sums.requests),
        Measure::Latency => sums.latency().map_or(String::new(), format::took),
        Measure::Saved => format::tokens(sums.saved_tokens),
    }
}

/// A cost, or that it is not known.
fn cost(sums: &Sums) -> String {
    match (sums.cost.known, sums.cost.unknown_requests) {
        _ if sums.cost.all_covered() => "covered".to_owned(),
        (0, unknown) if unknown > 0 => "unknown".to_owned(),
        (known, 0) => format::money(known),
        (known, _) => format!("{} and more", format::money(known)),
    }
}

/// What the chart shows: by share, and by part of time.
#[component]
pub fn OverTime(page: UsagePage) -> impl IntoView {
    let UsagePage { query, measure, split, parts, shares, whole, .. } = page;
    let to = requests_of(&query);
    let time = match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => format!("from={}&to={}", first.from, last.to),
        _ => String::new(),
    };
    let size = |sums: &Sums| match measure {
        Measure::Latency => sums.first_tokens,
        measure => sums.measured(measure),
    };
    let all = shares.iter().map(|share| size(&share.whole)).sum::<i64>();
    let rows = shares.iter().enumerate().map(|(place, share)| {
        let sums = share.whole;
        let link = share_of(split, &share.id);
        let class = format!("swatch hue-{}", if place < 8 { place.to_string() } else { "rest".to_owned() });
        let name = if link.is_empty() {
            view! { <span>{share.name.clone()}</span> }.into_any()
        } else {
            view! { <a href=format!("{to}{link}{time}")>{share.name.clone()}</a> }.into_any()
        };
        view! {
            <tr>
                <th scope="row">
                    <span class="share-name">
                        <i class=class></i>
                        {name}
                    </span>
                </th>
                <td>{format::share(size(&sums), all)}</td>
                <td>{format::count(sums.requests)}</td>
                <td title=format::count(sums.tokens.prompt())>{format::tokens(sums.tokens.prompt())}</td>
                <td title=format::count(sums.tokens.output)>{format::tokens(sums.tokens.output)}</td>
                <td>{format::share(sums.tokens.cache_read, sums.tokens.prompt())}</td>
                <td>{cost(&sums)}</td>
                <td>{format::covered(sums.cost.covered, sums.cost.covered_unknown)}</td>
                <td title=format::count(sums.saved_tokens)>{format::tokens(sums.saved_tokens)}</td>
                <td>{sums.latency().map_or("unknown".to_owned(), format::took)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let heads: Vec<_> =
        shares.iter().map(|share| view! { <th scope="col">{share.name.clone()}</th> }).collect();
    let by_part = parts.iter().enumerate().map(|(place, part)| {
        let cells = shares.iter().map(|share| {
            let sums = share.parts.get(place).copied().unwrap_or_default();
            view! { <td>{measured(&sums, measure)}</td> }
        });
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("{to}from={}&to={}", part.from, part.to)>{part.name.clone()}</a>
                </th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <div class="scroll">
            <table class="usage-table">
                <caption class="visually-hidden">{format!("Usage by {}", split.name().to_lowercase())}</caption>
                <thead>
                    <tr>
                        <th scope="col">{split.name()}</th>
                        <th scope="col">"Share"</th>
                        <th scope="col">"Requests"</th>
                        <th scope="col">"Tokens in"</th>
                        <th scope="col">"Tokens out"</th>
                        <th scope="col">"Cached"</th>
                        <th scope="col">"Cost"</th>
                        <th scope="col" title="What covered requests would have cost at list prices">"Covered"</th>
                        <th scope="col" title="Tokens of tools' output that the saver took out">"Saved"</th>
                        <th scope="col">"First token"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row">"All"</th>
                        <td></td>
                        <td>{format::count(whole.requests)}</td>
                        <td>{format::tokens(whole.tokens.prompt())}</td>
                        <td>{format::tokens(whole.tokens.output)}</td>
                        <td>{format::share(whole.tokens.cache_read, whole.tokens.prompt())}</td>
                        <td>{cost(&whole)}</td>
                        <td>{format::covered(whole.cost.covered, whole.cost.covered_unknown)}</td>
                        <td>{format::tokens(whole.saved_tokens)}</td>
                        <td>{whole.latency().map_or("unknown".to_owned(), format::took)}</td>
                    </tr>
                </tfoot>
            </table>
        </div>
        <details class="usage-parts">
            <summary>"The chart as a table"</summary>
            <div class="scroll">
                <table class="usage-table">
                    <caption class="visually-hidden">{format!("{} over time", measure.name())}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{by_part.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// How long first tokens took.
#[component]
pub fn Speeds(speeds: Vec<Speed>) -> impl IntoView {
    (!speeds.is_empty()).then(|| {
        let rows = speeds.into_iter().map(|speed| {
            let href = format!("/requests?model={}", format::encode(&speed.target));
            view! {
                <tr>
                    <th scope="row" class="mono">
                        <a href=href>{speed.target}</a>
                    </th>
                    <td>{format::count(speed.requests)}</td>
                    <td>{format::took(speed.half)}</td>
                    <td>{format::took(speed.most)}</td>
                    <td>{format::took(speed.slowest)}</td>
                </tr>
            }
        });
        view! {
            <section class="card" aria-labelledby="speeds">
                <h2 id="speeds">"Time to the first token"</h2>
                <p class="soft">"So many requests had their first token within so long, to a twentieth."</p>
                <div class="scroll">
                    <table class="usage-table">
                        <thead>
                            <tr>
                                <th scope="col">"Target"</th>
                                <th scope="col">"Requests"</th>
                                <th scope="col">"Half (p50)"</th>
                                <th scope="col">"Nine of ten (p90)"</th>
                                <th scope="col">"99 of 100 (p99)"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

/// Why attempts failed.
#[component]
pub fn Causes(page: UsagePage) -> impl IntoView {
    let none = page.causes.is_empty();
    // The provider that failed is seldom the one that answered: the list is not filtered by it.
    let query = UsageQuery { provider: String::new(), model: String::new(), ..page.query };
    let (from, to) = page.parts.first().zip(page.parts.last()).map_or((0, 0), |(a, b)| (a.from, b.to));
    let times = format!("{}from={from}&to={to}", requests_of(&query));
    let lines = page.causes.into_iter().map(|cause| {
        let href = format!("{times}&cause={}", format::encode(&cause.rule));
        view! {
            <li>
                <a class="grow" href=href>
                    {format!("{} {}", cause.provider_id, cause.why)}
                </a>
                <strong>{format::counted(cause.attempts, "time", "times")}</strong>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="causes">
            <h2 id="causes">"Failed attempts by cause"</h2>
            {if none {
                view! { <p class="faint">"No attempt failed, of the requests that are still kept one by one."</p> }.into_any()
            } else {
                view! { <ul class="lines usage-causes">{lines}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// When in the week requests come.
#[component]
pub fn Week(week: Vec<i64>, zone: String) -> impl IntoView {
    let most = week.iter().copied().max().unwrap_or(0).max(1);
    let heads = (0..24).map(|hour| {
        // Every third hour is named, so that a phone has room for them.
        let name = (hour % 3 == 0).then(|| format!("{hour:02}"));
        view! {
            <th scope="col">
                <span class="visually-hidden">{format!("{hour:02}:00")}</span>
                <span aria-hidden="true">{name}</span>
            </th>
        }
    });
    let rows = DAYS.into_iter().zip(week.chunks(24)).map(|(day, hours)| {
        let cells = hours.iter().enumerate().map(|(hour, requests)| {
            // The fifth that it is in; 0 for none.
            let heat = (requests * 5 + most - 1) / most;
            let words = format!("{day}, {hour:02}:00: {}", format::counted(*requests, "request", "requests"));
            view! {
                <td class=format!("heat-{heat}") title=words.clone()>
                    <span class="visually-hidden">{format::count(*requests)}</span>
                </td>
            }
        });
        view! {
            <tr>
                <th scope="row">
                    <span class="wide">{day}</span>
                    <span class="narrow" aria-hidden="true">
                        {day[..2].to_owned()}
                    </span>
                </th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <section class="card" aria-labelledby="week">
            <h2 id="week">"Requests by the hour of the week"</h2>
            <table class="heat">
                <caption class="faint">{format!("Time zone: {zone}")}</caption>
                <thead>
                    <tr>
                        <th scope="col">
                            <span class="visually-hidden">"Day"</span>
                        </th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
