//! Usage: where tokens, money and time went, over time and by whatever it is split by. All choices live in the address.

use super::usage_choices::{Filters, Periods, Segments, address, with};
use super::usage_tables::{Causes, OverTime, Speeds, Week};
use crate::api::usage::{Measure, SplitBy, Sums, UsagePage, UsageQuery, load_usage};
use crate::parts::chart::ECHARTS;
#[cfg(feature = "ssr")]
use crate::parts::chart::{Chart, Leads, Written};
use crate::parts::figure::Figure;
use crate::parts::filter::Notes;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::Glyph;
use crate::parts::reader;
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The usage page.
#[component]
pub fn Usage() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| {
        let of = |name: &str| query.get(name).unwrap_or_default().trim().to_owned();
        UsageQuery {
            period: of("period"),
            from: of("from"),
            to: of("to"),
            measure: of("measure"),
            split: of("split"),
            provider: of("provider"),
            model: of("model"),
            key: of("key"),
            client: of("client"),
            combo: of("combo"),
        }
    });
    let data = load_usage(query, reader::clock());
    framed(
        Place::Usage,
        |_| "Usage".to_owned(),
        data,
        |page| {
            let used = page.whole.requests > 0;
            view! {
                <Periods query=page.query.clone() />
                <Filters page=page.clone() />
                <Notes notes=page.notes.clone() />
                {if used { view! { <Used page /> }.into_any() } else { view! { <Nothing query=page.query /> }.into_any() }}
            }
            .into_any()
        },
    )
}

#[component]
fn Nothing(query: UsageQuery) -> impl IntoView {
    let filtered = UsageQuery {
        period: query.period.clone(),
        from: query.from.clone(),
        to: query.to.clone(),
        measure: query.measure.clone(),
        split: query.split.clone(),
        ..UsageQuery::default()
    };
    let (words, label, href) = if filtered != query {
        ("No request of this period fits these filters.", "Remove the filters", address(&filtered))
    } else if query.period == "30d" || query.period == "custom" {
        ("No request came in this period.", "Connect a tool", "/connect".to_owned())
    } else {
        let href = with(&query, |other| "30d".clone_into(&mut other.period));
        ("No request came in this period.", "Show 30 days", href)
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

#[component]
fn Used(page: UsagePage) -> impl IntoView {
    view! {
        <Figures whole=page.whole before=page.before />
        <Main page=page.clone() />
        <div class="columns even">
            <Cached page=page.clone() />
            <Causes page=page.clone() />
        </div>
        <Speeds speeds=page.speeds.clone() />
        <Week week=page.week.clone() zone=page.zone.clone() />
        <Saved page />
        <script src=ECHARTS defer></script>
    }
    .into_any()
}

#[component]
fn Figures(whole: Sums, before: Sums) -> impl IntoView {
    let tokens = whole.tokens;
    let failed = match (whole.failed, whole.fallbacks) {
        (0, 0) => "All answered at the first try".to_owned(),
        (failed, saved) => {
            format!("{} failed, {} answered by a fallback", format::count(failed), format::count(saved))
        }
    };
    let cached = format!("{} of prompts from the cache", format::share(tokens.cache_read, tokens.prompt()));
    let (spend, note) = super::overview::spend(whole.cost, whole.requests);
    let latency = |sums: &Sums| sums.latency().map_or("unknown".to_owned(), format::took);
    view! {
        <dl class="figures" aria-label="In this period">
            <Figure
                label="Requests"
                number=format::count(whole.requests)
                note=failed
                against=against(whole.requests, before.requests, &format::count(before.requests))
            />
            <Figure
                label="Tokens"
                number=format::tokens(whole.all_tokens())
                exact=format!("{} in, {} out", format::count(tokens.prompt()), format::count(tokens.output))
                note=cached
                against=against(whole.all_tokens(), before.all_tokens(), &format::tokens(before.all_tokens()))
            />
            <Figure
                label="Spend"
                number=spend
                note
                against=against(whole.cost.known, before.cost.known, &format::money(before.cost.known))
            />
            <Figure
                label="First token"
                number=latency(&whole)
                note="On average"
                against=match before.latency() {
                    Some(ms) => format!("{} in the period before", format::took(ms)),
                    None => "Unknown in the period before".to_owned(),
                }
            />
        </dl>
    }
    .into_any()
}

/// How a period compares with the one of the same length before it, in words.
fn against(now: i64, before: i64, shown: &str) -> String {
    match (now, before) {
        (0, 0) => "None in the period before either".to_owned(),
        (_, 0) => "None in the period before".to_owned(),
        (now, before) => {
            let change = (now - before) * 100 / before;
            match change {
                0 => format!("As in the period before: {shown}"),
                change if change > 999 => format!("{shown} in the period before"),
                change => format!("{change:+}% against {shown} before"),
            }
        }
    }
}

/// The chart, with switches for what it shows, and the same as a table.
#[component]
fn Main(page: UsagePage) -> impl IntoView {
    let query = page.query.clone();
    let measures = Measure::ALL.map(|measure| {
        let href = with(&query, |other| measure.word().clone_into(&mut other.measure));
        (href, measure.name().to_owned(), measure == page.measure)
    });
    let splits = SplitBy::ALL.map(|split| {
        let href = with(&query, |other| split.word().clone_into(&mut other.split));
        (href, split.name().to_owned(), split == page.split)
    });
    let title = format!("{} by {}", page.measure.name(), page.split.name().to_lowercase());
    let exported = address(&query).replacen("/usage", "/usage/export.csv", 1);
    let json = exported.replacen(".csv", ".json", 1);
    let what_if = super::what_if_form::of_usage(&query);
    view! {
        <section class="card" aria-labelledby="main-title">
            <header class="usage-head">
                <h2 id="main-title">{title.clone()}</h2>
                <a
                    class="button small"
                    href=what_if
                    title="Estimates what this usage would have cost through another combo, at another model or price"
                >
                    "What if…"
                </a>
                <Segments label="Measure" options=measures.to_vec() />
                <Segments label="Split by" options=splits.to_vec() />
            </header>
            <Drawn page=page.clone() title />
            <OverTime page=page.clone() />
            <Unpriced page />
            <p class="usage-export faint">
                <span>"Export: "</span>
                <a href=exported download="usage.csv" rel="external">"CSV"</a>
                <a href=json download="usage.json" rel="external">"JSON"</a>
            </p>
        </section>
    }
    .into_any()
}

/// That some of it has no price, and where to set one.
#[component]
fn Unpriced(page: UsagePage) -> impl IntoView {
    let cost = page.whole.cost;
    let requests = cost.unknown_requests + cost.covered_unknown;
    (requests > 0).then(|| {
        let words = format::counted(requests, "request of this period has", "requests of this period have");
        view! {
            <p class="faint">
                {format!("{words} no known price. ")} <a href="/prices?show=unknown">"Set prices"</a>
            </p>
        }
    })
}

/// What the requests page is told of a query, but for its time and its split.
pub(super) fn requests_of(query: &UsageQuery) -> String {
    let pairs = [
        ("provider", &query.provider),
        ("model", &query.model),
        ("key", &query.key),
        ("client", &query.client),
        ("combo", &query.combo),
    ];
    let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    said.fold("/requests?".to_owned(), |address, (name, value)| {
        format!("{address}{name}={}&", format::encode(value))
    })
}

/// What a share adds to that; nothing where requests cannot be filtered by it.
pub(super) fn share_of(split: SplitBy, id: &str) -> String {
    match split {
        SplitBy::Account | SplitBy::Tier => String::new(),
        _ if id.is_empty() => String::new(),
        split => format!("{}={}&", split.word(), format::encode(id)),
    }
}

#[cfg(feature = "ssr")]
#[component]
fn Drawn(page: UsagePage, title: String) -> impl IntoView {
    let option = crate::charts::usage::measured(&page).to_string();
    let leads = Leads {
        to: requests_of(&page.query),
        shares: page.shares.iter().map(|share| share_of(page.split, &share.id)).collect(),
        parts: page.parts.iter().map(|part| format!("from={}&to={}", part.from, part.to)).collect(),
    };
    let label = format!("{title}, over time. The table below holds the same.");
    view! { <Chart option label written=Written::As(page.measure) leads /> }.into_any()
}

/// Pages are rendered on the server alone.
#[cfg(not(feature = "ssr"))]
#[component]
fn Drawn(page: UsagePage, title: String) -> impl IntoView {
    let _ = (page, title);
}

#[cfg(feature = "ssr")]
#[component]
fn Cached(page: UsagePage) -> impl IntoView {
    let option = crate::charts::usage::cached(&page).to_string();
    let tokens = page.whole.tokens;
    let words = format!(
        "{} of {} prompt tokens were read from providers' caches, {} were written to them.",
        format::share(tokens.cache_read, tokens.prompt()),
        format::tokens(tokens.prompt()),
        format::tokens(tokens.cache_write)
    );
    view! {
        <section class="card" aria-labelledby="cached">
            <h2 id="cached">"Cache hits"</h2>
            <p class="soft">{words.clone()}</p>
            <div class="chart-small">
                <Chart option label=words written=Written::Permille leads=Leads::default() />
            </div>
        </section>
    }
    .into_any()
}

/// Pages are rendered on the server alone.
#[cfg(not(feature = "ssr"))]
#[component]
fn Cached(page: UsagePage) -> impl IntoView {
    let _ = page;
}

#[component]
fn Saved(page: UsagePage) -> impl IntoView {
    let by_who = with(&page.query, |other| Measure::Saved.word().clone_into(&mut other.measure));
    let worth = match page.whole.saved_cost {
        0 => String::new(),
        cost => format!(", worth {} at list prices", format::money(cost)),
    };
    let words = match page.whole.saved_tokens {
        0 => "The saver took nothing out in this period.".to_owned(),
        tokens => format!("The saver took {} tokens out of tools' output{worth}.", format::tokens(tokens)),
    };
    let shown = page.whole.saved_tokens > 0 && page.measure != Measure::Saved;
    view! {
        <p class="faint usage-saved">
            {words} " "
            {shown.then(|| view! { <a href=by_who>"Show them over time"</a>", " })}
            <a href="/saver">"More on the saver"</a>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_compared_with_the_one_before() {
        assert_eq!(against(0, 0, "0"), "None in the period before either");
        assert_eq!(against(5, 0, "0"), "None in the period before");
        assert_eq!(against(150, 100, "100"), "+50% against 100 before");
        assert_eq!(against(50, 100, "100"), "-50% against 100 before");
        assert_eq!(against(5000, 100, "100"), "100 in the period before");
    }

    #[test]
    fn a_share_leads_to_its_requests() {
        let query = UsageQuery { key: "lap top".into(), ..UsageQuery::default() };
        assert_eq!(requests_of(&query), "/requests?key=lap%20top&");
        assert_eq!(share_of(SplitBy::Model, "glm/glm-4.7"), "model=glm%2Fglm-4.7&");
        assert_eq!(share_of(SplitBy::Tier, "cheap") + &share_of(SplitBy::Key, ""), "");
    }
}
