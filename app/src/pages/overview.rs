//! The overview: is everything working, and where do tokens and money go today.

use super::alerts::AlertLine;
use crate::api::Cost;
use crate::api::alerts::AlertRow;
use crate::api::overview::{Fallback, FirstSteps, OverviewPage, Totals, Trouble, load_overview};
use crate::api::quota::{Fullest, limit_words};
use crate::parts::figure::{Figure, TierBar, against};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::live::{FirstRequest, LiveList};
use crate::parts::mark::ProviderMark;
use crate::parts::meter::{Meter, left_words};
use crate::parts::reader;
use crate::parts::time::{Ago, Until};
use leptos::prelude::*;

/// The overview.
#[component]
pub fn Overview() -> impl IntoView {
    let data = load_overview(reader::clock());
    framed(
        Place::Overview,
        |_| "Overview".to_owned(),
        data,
        |page| {
            let steps = page.steps;
            view! {
                <div id="hand">
                    <Hand troubles=page.troubles.clone() alerts=page.alerts.clone() />
                </div>
                {(!steps.done()).then(|| view! { <Steps steps /> })}
                {(steps.done() || !page.recent.is_empty()).then(|| view! { <Day page /> })}
            }
            .into_any()
        },
    )
}

#[component]
fn Day(page: OverviewPage) -> impl IntoView {
    let busy = page.tiers.iter().any(|share| share.tokens > 0);
    view! {
        <Figures today=page.today yesterday=page.yesterday />
        <div class="columns turned">
            <section class="card" aria-labelledby="tiers">
                <h2 id="tiers">"Today's tokens by tier"</h2>
                {if busy {
                    view! { <TierBar tiers=page.tiers /> }.into_any()
                } else {
                    view! { <p class="faint">"No tokens were used yet today."</p> }.into_any()
                }}
            </section>
            <Fallbacks fallbacks=page.fallbacks />
        </div>
        <div id="quotas">
            <Quotas quotas=page.quotas known=page.quotas_known />
        </div>
        <LiveList first=page.recent under_way=page.under_way />
    }
    .into_any()
}

/// The newest requests that had to go elsewhere. The list of the newest requests renews what is inside `fallbacks`.
#[component]
fn Fallbacks(fallbacks: Vec<Fallback>) -> impl IntoView {
    let none = fallbacks.is_empty();
    let lines = fallbacks.into_iter().map(|fallback| {
        view! {
            <li>
                <a class="row-link grow" href=format!("/requests/{}", fallback.id)>
                    {fallback.sentence}
                </a>
                <span class="asked faint">
                    <span class="visually-hidden">"asked for "</span>
                    <span class="mono">{fallback.asked}</span>
                </span>
                <span class="faint when">
                    <Ago at=fallback.at />
                </span>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="fallbacks-title">
            <h2 id="fallbacks-title">"Fallbacks"</h2>
            <div id="fallbacks" class="feed">
                {if none {
                    view! {
                        <p class="faint">
                            "No request had to go elsewhere. When an account is used up, fails or falls silent and another                              one answers, it is told here."
                        </p>
                    }
                        .into_any()
                } else {
                    view! { <ul class="lines">{lines}</ul> }.into_any()
                }}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Figures(today: Totals, yesterday: Totals) -> impl IntoView {
    let requests = match (today.failed, today.fallbacks) {
        (0, 0) => "All answered at the first try".to_owned(),
        (failed, 0) => format!("{} failed", format::count(failed)),
        (0, saved) => format!("None failed, {} answered by a fallback", format::count(saved)),
        (failed, saved) => {
            format!("{} failed, {} answered by a fallback", format::count(failed), format::count(saved))
        }
    };
    let requests = if today.requests == 0 { "None yet today".to_owned() } else { requests };
    let (input, before) = (today.tokens.prompt(), yesterday.tokens.prompt());
    let cached = match today.tokens.cache_read {
        0 => "None from the provider's cache".to_owned(),
        read => format!("{} from the provider's cache", format::share(read, input)),
    };
    let speed = match today.requests {
        0 => "None yet today".to_owned(),
        requests => format!("{} a request on average", format::tokens(today.tokens.output / requests)),
    };
    let (spend, priced) = spend(today.cost, today.requests);
    view! {
        <dl class="figures" aria-label="Today">
            <Figure
                label="Requests today"
                number=format::count(today.requests)
                note=requests
                against=against(today.requests, yesterday.requests, &format::count(yesterday.requests))
            />
            <Figure
                label="Tokens in"
                number=format::tokens(input)
                exact=format::count(input)
                note=cached
                against=against(input, before, &format::tokens(before))
            />
            <Figure
                label="Tokens out"
                number=format::tokens(today.tokens.output)
                exact=format::count(today.tokens.output)
                note=speed
                against=against(today.tokens.output, yesterday.tokens.output, &format::tokens(yesterday.tokens.output))
            />
            <Figure
                label="Spend"
                number=spend
                note=priced
                against=against(today.cost.known, yesterday.cost.known, &format::money(yesterday.cost.known))
            />
        </dl>
    }
    .into_any()
}

/// What was spent on so many requests, and a note on what the sum leaves out.
pub(super) fn spend(cost: Cost, requests: i64) -> (String, String) {
    let worth = format::covered(cost.covered, cost.covered_unknown);
    let covered = match (worth.as_str(), cost.covered) {
        ("", _) => String::new(),
        (_, 0) => "What was covered has no known list price".to_owned(),
        (worth, _) => format!("Covered: about {worth} at list prices"),
    };
    let (spend, note) = match cost.unknown_requests {
        0 if cost.all_covered() => ("covered".to_owned(), String::new()),
        0 => (
            format::money(cost.known),
            if covered.is_empty() { "At list prices or as billed" } else { "" }.to_owned(),
        ),
        // The sum of no known price is not an amount.
        unknown if unknown >= requests => {
            let words = format::counted(unknown, "request", "requests");
            ("unknown".to_owned(), format!("{words} of unknown price"))
        }
        unknown => {
            let words = format::counted(unknown, "request", "requests");
            (format::money(cost.known), format!("and {words} of unknown price"))
        }
    };
    (spend, note_of(&note, &covered))
}

/// A note of two parts, either of which may be empty.
fn note_of(first: &str, second: &str) -> String {
    match (first, second) {
        ("", one) | (one, "") => one.to_owned(),
        (first, second) => format!("{first}. {second}"),
    }
}

/// What calls for a person, and limits that are nearly used up. The list of the newest requests renews it.
#[component]
fn Hand(troubles: Vec<Trouble>, alerts: Vec<AlertRow>) -> impl IntoView {
    if troubles.is_empty() && alerts.is_empty() {
        return ().into_any();
    }
    let alerts = alerts.into_iter().map(|alert| view! { <AlertLine alert linked=true /> }).collect_view();
    let lines = troubles.into_iter().map(|trouble| {
        view! {
            <li>
                <span class="grow">
                    <strong>{trouble.provider_id.clone()} " / " {trouble.account}</strong>
                    <span class="soft">{trouble.sentence}</span>
                </span>
                <a class="button small" href=format!("/providers/{}", trouble.provider_id)>
                    "Fix it"
                </a>
            </li>
        }
    });
    view! {
        <section class="card trouble" aria-labelledby="trouble">
            <h2 id="trouble">
                <Icon glyph=Glyph::Warning />
                "Needs a hand"
            </h2>
            <ul class="lines">{lines.collect_view()} {alerts}</ul>
        </section>
    }
    .into_any()
}

/// What is left of each account: its fullest limit. The list of the newest requests renews it.
#[component]
fn Quotas(quotas: Vec<Fullest>, known: usize) -> impl IntoView {
    if quotas.is_empty() {
        return ().into_any();
    }
    let head = if known > quotas.len() {
        view! {
            <header>
                <h2 id="left">"What is left"</h2>
                <a class="end" href="/quota">
                    {format!("All {known} accounts")}
                </a>
            </header>
        }
        .into_any()
    } else {
        view! { <h2 id="left">"What is left"</h2> }.into_any()
    };
    let cells = quotas.into_iter().map(|quota| view! { <Left quota /> }).collect_view();
    view! {
        <section class="card" aria-labelledby="left">
            {head}
            <ul class="strip">{cells}</ul>
        </section>
    }
    .into_any()
}

/// What is left of one account.
#[component]
fn Left(quota: Fullest) -> impl IntoView {
    let Fullest { account, provider_id, provider, reserve, window, .. } = quota;
    let words = match window.used_permille {
        Some(used) => left_words(used),
        None => window.amount,
    };
    let name = window.name.clone();
    view! {
        <li>
            <a href="/quota">
                <ProviderMark id=provider_id name=provider.clone() />
                <span class="strip-words">
                    <span class="strip-line">
                        <strong>{provider}</strong>
                        <span class="faint">{account}</span>
                    </span>
                    {window.used_permille.map(|used| view! { <Meter name used reserve /> })}
                    <span class="strip-line">
                        <span>{format!("{}: {words}", limit_words(&window.name, &window.model))}</span>
                        {window.resets_at.map(|at| view! { <span class="faint end">"anew " <Until at /></span> })}
                    </span>
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// The three steps of a new installation.
#[component]
fn Steps(steps: FirstSteps) -> impl IntoView {
    let now = match (steps.account, steps.key) {
        (false, _) => 1,
        (true, false) => 2,
        (true, true) => 3,
    };
    view! {
        <section class="steps" aria-labelledby="steps">
            <h2 id="steps">"Three steps to a first answer"</h2>
            <ol>
                <Step number=1 now done=steps.account title="Connect a provider">
                    <p>
                        "Paste the key of a provider you have an account at. Some are free of charge, and a server on \
                         your own machine needs no key at all."
                    </p>
                    <a class="button" class:primary=now == 1 href="/providers">
                        {if steps.account { "Connect another" } else { "Choose a provider" }}
                    </a>
                </Step>
                <Step number=2 now done=steps.key title="Copy the endpoint and make a key">
                    <p>
                        "Your coding tool talks to Ninerouter as it would to OpenAI or Anthropic. It needs the address and \
                         a key of yours."
                    </p>
                    <a class="button" class:primary=now == 2 href="/connect">
                        "Open Connect"
                    </a>
                </Step>
                <Step number=3 now done=steps.request title="Make a first request">
                    <p>"Ask your tool anything. This page notices by itself."</p>
                    <FirstRequest came=steps.request next="/".to_owned() last=None />
                </Step>
            </ol>
        </section>
    }
    .into_any()
}

#[component]
fn Step(number: i32, now: i32, done: bool, title: &'static str, children: Children) -> impl IntoView {
    let class = match (done, number == now) {
        (true, _) => "step card done",
        (false, true) => "step card now",
        (false, false) => "step card",
    };
    view! {
        <li class=class aria-current=(number == now && !done).then_some("step")>
            <span class="step-sign" aria-hidden="true">
                {if done { view! { <Icon glyph=Glyph::Check /> }.into_any() } else { number.into_any() }}
            </span>
            <h3>{title} {done.then(|| view! { <span class="visually-hidden">", done"</span> })}</h3>
            {children()}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_zero_is_an_amount_and_an_unknown_price_is_not() {
        let words = |known, unknown_requests, requests| {
            spend(Cost { known, unknown_requests, ..Cost::default() }, requests)
        };
        assert_eq!(words(0, 0, 0).0, "$0");
        assert_eq!(words(0, 3, 9), ("$0".to_owned(), "and 3 requests of unknown price".to_owned()));
        assert_eq!(words(0, 1, 1), ("unknown".to_owned(), "1 request of unknown price".to_owned()));
    }
}
