//! One request: what was asked, what answered, why it went there, what it cost.

use crate::api::requests::{
    AttemptRow, Exclusion, LeftOut, PriceLine, RequestDetail, RequestRow, load_request,
};
use crate::parts::copy::CopyButton;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{Badge, OutcomeBadge, Tone};
use crate::parts::time::Ago;
use crate::parts::waterfall::Waterfall;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// One request.
#[component]
pub fn Request() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    framed(
        Place::Requests,
        |_| "Request".to_owned(),
        load_request(id),
        |page| {
            view! {
                <p class="crumbs">
                    <a href="/requests">
                        <Icon glyph=Glyph::Left />
                        "All requests"
                    </a>
                </p>
                <Headline page=page.clone() />
                <Attempts attempts=page.attempts.clone() total_ms=page.row.total_ms />
                <div class="columns">
                    <Prices page=page.clone() />
                    <Exclusions exclusions=page.exclusions.clone() />
                </div>
                <Translated page=page.clone() />
                <Facts page />
            }
            .into_any()
        },
    )
}

#[component]
fn Headline(page: RequestDetail) -> impl IntoView {
    let row = page.row;
    let speed = speed(&row);
    // What reached no provider used nothing, which is not the same as an unknown amount.
    let nothing = row.attempts == 0 && row.tokens.is_none();
    let missing = |word: &str| if nothing { "none" } else { word }.to_owned();
    let prompt = row.tokens.map(|tokens| (tokens.prompt(), tokens.output));
    let facts = [
        ("Took", format::took(row.total_ms), None),
        ("First token", row.first_token_ms.map_or_else(|| missing("not stated"), format::took), None),
        (
            "Tokens in, out",
            prompt.map_or_else(
                || missing("unknown"),
                |(prompt, output)| format!("{} / {}", format::tokens(prompt), format::tokens(output)),
            ),
            prompt.map(|(prompt, output)| format!("{} / {}", format::count(prompt), format::count(output))),
        ),
        ("Speed", speed.unwrap_or_else(|| missing("unknown")), None),
        ("Cost", row.cost.map_or_else(|| missing("unknown"), format::money), None),
    ];
    let facts = facts.map(|(name, value, exact)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd title=exact>{value}</dd>
            </div>
        }
    });
    view! {
        <section class="card headline">
            <p class="headline-over">
                <OutcomeBadge outcome=row.outcome />
                <span class="faint">"status " {row.status} ", " <Ago at=row.at /></span>
            </p>
            <h2>{page.headline}</h2>
            {(!row.error.is_empty()).then(|| view! { <p class="soft">{row.error}</p> })}
            <dl class="facts">{facts}</dl>
        </section>
    }
    .into_any()
}

/// Output tokens a second from the first token to the end.
fn speed(row: &RequestRow) -> Option<String> {
    let answering = row.total_ms - row.first_token_ms.unwrap_or(row.total_ms);
    match row.tokens {
        Some(tokens) if answering >= 100 && tokens.output > 0 => {
            Some(format!("{:.0} tokens/s", tokens.output as f64 * 1e3 / answering as f64))
        }
        _ => None,
    }
}

#[component]
fn Attempts(attempts: Vec<AttemptRow>, total_ms: i64) -> impl IntoView {
    if attempts.is_empty() {
        return view! {
            <section class="card" aria-labelledby="attempts">
                <h2 id="attempts">"Attempts"</h2>
                <p class="faint">"No provider was called for this request."</p>
            </section>
        }
        .into_any();
    }
    let rows = attempts.iter().zip(1..).map(|(row, number)| {
        let status = row.status.map_or("none".to_owned(), |status| status.to_string());
        view! {
            <tr>
                <td class="number">{number}</td>
                <th scope="row">
                    <span class="two">
                        <span class="mono">{row.target.clone()}</span>
                        <span class="faint">{row.account.clone()}</span>
                    </span>
                </th>
                <td>
                    {if row.won {
                        view! { <Badge tone=Tone::Good glyph=Glyph::Check text="Answered" /> }
                    } else {
                        view! { <Badge tone=Tone::Bad glyph=Glyph::Cross text="Failed" /> }
                    }}
                </td>
                <td class="number" data-label="Status">
                    {status}
                </td>
                <td class="number" data-label="Started">
                    {format::took(row.start_ms)}
                </td>
                <td class="number" data-label="First token">
                    {row.first_token_ms.map_or("none".to_owned(), format::took)}
                </td>
                <td class="number" data-label="Took">
                    {format::took(row.total_ms)}
                </td>
                <td class="wide">
                    {(!(row.error.is_empty() && row.verdict.is_empty()))
                        .then(|| {
                            view! {
                                <span class="two">
                                    <span>{row.error.clone()}</span>
                                    <span class="faint">{row.verdict.clone()}</span>
                                </span>
                            }
                        })}
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card table-card" aria-labelledby="attempts">
            <header>
                <h2 id="attempts">"Attempts"</h2>
            </header>
            <Waterfall attempts=attempts.clone() total_ms />
            <div class="scroll" tabindex="0">
                <table class="stacked attempts">
                    <caption class="visually-hidden">"Every call upstream, in order"</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="number">
                                "#"
                            </th>
                            <th scope="col">"Target and account"</th>
                            <th scope="col">"Result"</th>
                            <th scope="col" class="number">
                                "Status"
                            </th>
                            <th scope="col" class="number">
                                "Started"
                            </th>
                            <th scope="col" class="number">
                                "First token"
                            </th>
                            <th scope="col" class="number">
                                "Took"
                            </th>
                            <th scope="col">"What happened"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Prices(page: RequestDetail) -> impl IntoView {
    let reasoning = page.reasoning_tokens.map(|tokens| {
        format!("Reasoning took {} of the output.", format::counted(tokens, "token", "tokens"))
    });
    let body = if page.prices.is_empty() {
        let words = if page.row.attempts == 0 {
            "No provider was called, so no tokens were used."
        } else {
            "The provider stated no usage, so tokens and price are unknown."
        };
        view! { <p class="faint padded">{words}</p> }.into_any()
    } else {
        let line = |line: PriceLine| {
            let unknown = line.cost.is_none();
            view! {
                <tr>
                    <th scope="row">{line.label}</th>
                    <td class="number">{format::count(line.tokens)}</td>
                    <td class="number">{line.per_million.map_or("unknown".to_owned(), format::per_million)}</td>
                    <td class="number" class:faint=unknown>
                        {format::money_or_unknown(line.cost)}
                    </td>
                </tr>
            }
        };
        view! {
            <div class="scroll" tabindex="0">
                <table>
                    <caption class="visually-hidden">"Tokens and their price"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Tokens"</th>
                            <th scope="col" class="number">
                                "Count"
                            </th>
                            <th scope="col" class="number">
                                "Per million"
                            </th>
                            <th scope="col" class="number">
                                "Cost"
                            </th>
                        </tr>
                    </thead>
                    <tbody>{page.prices.into_iter().map(line).collect_view()}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="3">
                                "Together"
                            </th>
                            <td class="number">
                                <strong>{format::money_or_unknown(page.row.cost)}</strong>
                            </td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card table-card" aria-labelledby="prices">
            <header>
                <h2 id="prices">"Tokens and price"</h2>
            </header>
            {body}
            {reasoning.map(|words| view! { <p class="faint padded">{words}</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Exclusions(exclusions: Vec<Exclusion>) -> impl IntoView {
    let none = exclusions.is_empty();
    let lines = exclusions.into_iter().map(|left_out| {
        view! {
            <li>
                <span class="two">
                    <span class="mono">{left_out.what}</span>
                    <span class="soft">{left_out.why}</span>
                </span>
            </li>
        }
    });
    view! {
        <section class="card" aria-labelledby="excluded">
            <h2 id="excluded">"Left out of the plan"</h2>
            {if none {
                view! { <p class="faint">"Nothing: every target that could serve this request was in the plan."</p> }
                    .into_any()
            } else {
                view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// What a translation left out; nothing where nothing was translated.
#[component]
fn Translated(page: RequestDetail) -> impl IntoView {
    let (from, to) = (page.row.dialect, page.upstream_dialect);
    if to.is_empty() || from == to {
        return ().into_any();
    }
    let words = format!("From {} to {} and back.", format::dialect(&from), format::dialect(&to));
    let none = page.dropped.is_empty();
    let line = |LeftOut { what, why }| {
        view! {
            <li>
                <span class="two">
                    <span class="mono">{what}</span>
                    <span class="soft">{why}</span>
                </span>
            </li>
        }
    };
    let lines = page.dropped.into_iter().map(line).collect_view();
    view! {
        <section class="card" aria-labelledby="translated">
            <h2 id="translated">"Translated"</h2>
            <p class="soft">{words}</p>
            {if none {
                view! { <p class="faint">"Everything the client said was carried over."</p> }.into_any()
            } else {
                view! {
                    <p class="soft">"Not carried over:"</p>
                    <ul class="lines">{lines}</ul>
                }
                    .into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Facts(page: RequestDetail) -> impl IntoView {
    let row = page.row;
    let or = |text: String, none: &str| if text.is_empty() { none.to_owned() } else { text };
    let facts = [
        ("Client", row.client),
        ("Key", or(row.key, "none was needed")),
        ("Asked for", row.asked),
        ("Answered by", or(row.target, "no target")),
        ("Account", or(row.account, "none")),
        (
            "Wire format",
            format!("{}{}", format::dialect(&row.dialect), if row.streaming { ", streamed" } else { "" }),
        ),
        ("Request size", format::bytes(page.bytes_in)),
        ("Reply size", format::bytes(page.bytes_out)),
        ("Stopped because", or(page.finish, "not stated")),
        ("Provider's own id", or(page.upstream_id, "not stated")),
    ];
    let facts = facts.map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="facts">
            <h2 id="facts">"Facts"</h2>
            <dl class="pairs">
                <div class="whole">
                    <dt>"Id"</dt>
                    <dd>
                        <code id="request-id">{row.id}</code>
                        " "
                        <CopyButton from="request-id" what="the id" />
                    </dd>
                </div>
                {facts}
            </dl>
        </section>
    }
    .into_any()
}
