//! One request: what was asked, what answered, why it went there, what it cost.

use super::attempts::Attempts;
use super::payload::{Links, title, words};
use super::prices::sets;
use crate::api::combos::PlanRow;
use crate::api::payload::PartSize;
use crate::api::prices::PriceFrom;
use crate::api::requests::{Exclusion, LeftOut, PriceLine, PriceUnit, RequestDetail, load_request};
use crate::parts::copy::CopyButton;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::OutcomeBadge;
use crate::parts::plan::{Excluded, PlanSteps};
use crate::parts::rows::speed;
use crate::parts::time::Ago;
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
                    <Plan plan=page.plan.clone() exclusions=page.exclusions.clone() />
                </div>
                <Ledger page=page.clone() />
                <Translated page=page.clone() />
                <Logged id=page.row.id.clone() payload=page.payload.clone() />
                <Facts page />
            }
            .into_any()
        },
    )
}

/// What the saver took out of what tools gave.
#[component]
fn Ledger(page: RequestDetail) -> Option<impl IntoView> {
    if page.savings.is_empty() {
        return None;
    }
    let rows = page.savings.into_iter().map(|row| {
        let saved = row.tokens_before - row.tokens_after;
        let tool = if row.tool.is_empty() { "not known".to_owned() } else { row.tool };
        view! {
            <tr>
                <th scope="row">
                    <code>{row.filter}</code>
                </th>
                <td>{tool}</td>
                <td class="number">{format::count(row.texts)}</td>
                <td class="number">{format::count(row.tokens_before)}</td>
                <td class="number">{format::count(row.tokens_after)}</td>
                <td class="number">{format::share(saved, row.tokens_before)}</td>
            </tr>
        }
    });
    let worth = page
        .saved_cost
        .map(|cost| format!(", worth {} at list price", format::money(cost)))
        .unwrap_or_default();
    let summary = format!(
        "{} taken out at the level {}{worth}",
        format::counted(page.row.saved_tokens, "token", "tokens"),
        page.saver_level.word()
    );
    Some(
        view! {
            <section class="card" aria-labelledby="ledger">
                <header>
                    <h2 id="ledger">"Saver"</h2>
                    <span class="faint">{summary}</span>
                </header>
                <div class="scroll" tabindex="0">
                    <table>
                        <caption class="visually-hidden">"What was made shorter, by filter and tool"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Filter"</th>
                                <th scope="col">"Tool"</th>
                                <th scope="col" class="number">
                                    "Texts"
                                </th>
                                <th scope="col" class="number">
                                    "Tokens before"
                                </th>
                                <th scope="col" class="number">
                                    "After"
                                </th>
                                <th scope="col" class="number">
                                    "Less"
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
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
        (
            "Cost",
            if row.covered || row.cost.is_some() {
                format::charged(row.cost, row.covered)
            } else {
                missing("unknown")
            },
            None,
        ),
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

#[component]
fn Prices(page: RequestDetail) -> impl IntoView {
    let reasoning = page.reasoning_tokens.map(|tokens| {
        format!("Reasoning took {} of the output.", format::counted(tokens, "token", "tokens"))
    });
    let together = if page.row.covered { page.list_cost } else { page.row.cost };
    let now: Option<i64> = page.prices.iter().map(|line| line.cost).sum();
    // What was unknown when it was recorded, too.
    let older = !page.prices.is_empty() && now != together;
    let unknown = page.prices.iter().any(|line| line.cost.is_none());
    let (target, from, priced) = (page.row.target.clone(), page.price_from.clone(), !page.prices.is_empty());
    let body = if page.prices.is_empty() {
        view! { <Unstated page=page.clone() /> }.into_any()
    } else {
        let line = |line: PriceLine| {
            let unknown = line.cost.is_none();
            view! {
                <tr>
                    <th scope="row">{line.label}</th>
                    <td class="number">{format::count(line.count)}</td>
                    <td class="number">
                        {line.price.map_or("unknown".to_owned(), format::per_million)}
                        {line
                            .price
                            .filter(|price| *price > 0)
                            .map(|_| {
                                let each = if line.unit == PriceUnit::Image { " each" } else { " per million" };
                                view! { <span class="faint">{each}</span> }
                            })}
                    </td>
                    <td class="number" class:faint=unknown>
                        {format::money_or_unknown(line.cost)}
                    </td>
                </tr>
            }
        };
        view! {
            <div class="scroll" tabindex="0">
                <table>
                    <caption class="visually-hidden">"What was used and its price"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Used"</th>
                            <th scope="col" class="number">
                                "Count"
                            </th>
                            <th scope="col" class="number">
                                "Price"
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
                                {if page.row.covered { "Together, at list prices: covered" } else { "Together" }}
                            </th>
                            <td class="number">
                                <strong>{format::money_or_unknown(together)}</strong>
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
                <span class="faint">"USD"</span>
            </header>
            {body}
            {(page.stated && priced)
                .then(|| {
                    view! {
                        <p class="faint padded">
                            "The provider stated what it cost: that is what stands under Together, whatever the prices are."
                        </p>
                    }
                })}
            {(priced && !page.stated).then(|| view! { <Source target from unknown older /> })}
            {reasoning.map(|words| view! { <p class="faint padded">{words}</p> })}
        </section>
    }
    .into_any()
}

/// What is known where no tokens were stated, and no price by the image is known.
#[component]
fn Unstated(page: RequestDetail) -> impl IntoView {
    let made = match page.images {
        0 => String::new(),
        images => format!("It made {}. ", format::counted(images, "image", "images")),
    };
    let words = match page.row.cost {
        _ if page.row.attempts == 0 => "No provider was called, so no tokens were used.".to_owned(),
        Some(cost) if page.stated => {
            format!("{made}The provider stated no tokens, but what it cost: {}.", format::money(cost))
        }
        _ if page.images > 0 => {
            format!("{made}The provider stated no tokens, and what an image costs is unknown.")
        }
        _ => "The provider stated no usage, so tokens and price are unknown.".to_owned(),
    };
    let sets = (page.images > 0 && !page.stated).then(|| {
        view! {
            " "
            <a href=sets(&page.row.target)>"Set the price of an image"</a>
        }
    });
    view! { <p class="faint padded">{words} {sets}</p> }.into_any()
}

/// Who says what the tokens cost, and where to say otherwise.
#[component]
fn Source(target: String, from: PriceFrom, unknown: bool, older: bool) -> impl IntoView {
    let words = match from {
        PriceFrom::Unknown | PriceFrom::Answers => String::new(),
        PriceFrom::Catalogue => "The prices are the catalogue's. ".to_owned(),
        PriceFrom::Yours => "The prices are yours. ".to_owned(),
        PriceFrom::SoldAs(other) => format!("The prices are those of {other}. "),
    };
    let link = if unknown { "Price unknown: set it" } else { "Change the price" };
    let older = older.then_some(
        "It was recorded at other prices than today's: what stands under Together is what was recorded. ",
    );
    view! {
        <p class="faint padded">
            {words} {older} <a href=sets(&target)>{link}</a>
        </p>
    }
    .into_any()
}

/// In which order targets were to be tried, and what was left out.
#[component]
fn Plan(plan: Vec<PlanRow>, exclusions: Vec<Exclusion>) -> impl IntoView {
    let nothing = exclusions.is_empty();
    view! {
        <section class="card" aria-labelledby="plan">
            <h2 id="plan">"Plan"</h2>
            {if plan.is_empty() {
                view! { <p class="faint">"There was nothing to choose between."</p> }.into_any()
            } else {
                view! { <PlanSteps steps=plan /> }.into_any()
            }}
            <h3 class="under">"Left out of the plan"</h3>
            {if nothing {
                view! { <p class="faint">"Nothing: every target that could serve this request was in the plan."</p> }
                    .into_any()
            } else {
                view! { <Excluded exclusions /> }.into_any()
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

/// What was logged of it in full.
#[component]
fn Logged(id: String, payload: Vec<PartSize>) -> impl IntoView {
    let none = payload.is_empty();
    let lines = payload.into_iter().map(|size| {
        view! {
            <li>
                <span>{title(size.part)}</span>
                <span class="faint">{words(size)}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="payload">
            <h2 id="payload">"Payload"</h2>
            {if none {
                view! {
                    <p class="faint">
                        "Nothing is kept of it in full. Whose requests are, and for how long, is set in the "
                        <a href="/settings#payload-log">"payload log"</a> "."
                    </p>
                }
                    .into_any()
            } else {
                view! {
                    <ul class="lines">{lines}</ul>
                    <Links id page=true />
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
        ("Saver", page.saver_level.word().to_owned()),
        ("Terse answer", page.terse.asked().to_owned()),
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
