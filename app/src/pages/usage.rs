//! Usage: where tokens, money and time went, over time and by whatever it is split by. All choices live in the address.

use super::usage_tables::{Causes, OverTime, Speeds, Week};
use crate::api::usage::{Measure, SplitBy, Sums, UsagePage, UsageQuery, load_usage};
#[cfg(feature = "ssr")]
use crate::parts::chart::{Chart, Leads, Written};
use crate::parts::chart::ECHARTS;
use crate::parts::figure::Figure;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::reader;
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const PERIODS: [(&str, &str); 3] = [("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days")];

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
    let zone = reader::zone().unwrap_or_default();
    let data = load_usage(query, zone, reader::utc_offset().unwrap_or(0));
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

/// What the address says of a query: everything, but for what goes without saying.
pub(super) fn address(query: &UsageQuery) -> String {
    let pairs = [
        ("period", &query.period, "7d"),
        ("from", &query.from, ""),
        ("to", &query.to, ""),
        ("measure", &query.measure, "tokens"),
        ("split", &query.split, "provider"),
        ("provider", &query.provider, ""),
        ("model", &query.model, ""),
        ("key", &query.key, ""),
        ("client", &query.client, ""),
        ("combo", &query.combo, ""),
    ];
    let said = pairs.into_iter().filter(|(_, value, usual)| !value.is_empty() && value != usual);
    let said: Vec<_> = said.map(|(name, value, _)| format!("{name}={}", format::encode(value))).collect();
    if said.is_empty() { "/usage".to_owned() } else { format!("/usage?{}", said.join("&")) }
}

/// The address with something else in it.
fn with(query: &UsageQuery, change: impl FnOnce(&mut UsageQuery)) -> String {
    let mut other = query.clone();
    change(&mut other);
    address(&other)
}

/// One of several that stand beside one another, as links.
#[component]
fn Segments(label: &'static str, options: Vec<(String, String, bool)>) -> impl IntoView {
    let links = options.into_iter().map(|(href, name, chosen)| {
        view! {
            <a href=href aria-current=chosen.then_some("true")>
                {name}
            </a>
        }
    });
    view! {
        <nav class="segmented links" aria-label=label>
            {links.collect_view()}
        </nav>
    }
    .into_any()
}

#[component]
fn Periods(query: UsageQuery) -> impl IntoView {
    let options = PERIODS.map(|(word, name)| {
        let href = with(&query, |other| {
            word.clone_into(&mut other.period);
            other.from.clear();
            other.to.clear();
        });
        (href, name.to_owned(), query.period == word)
    });
    let kept = [
        ("measure", &query.measure),
        ("split", &query.split),
        ("provider", &query.provider),
        ("model", &query.model),
        ("key", &query.key),
        ("client", &query.client),
        ("combo", &query.combo),
    ];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> });
    let custom = query.period == "custom";
    view! {
        <div class="usage-periods">
            <Segments label="Period" options=options.to_vec() />
            <form method="get" action="/usage" class="usage-days" class:chosen=custom aria-label="Days">
                <input type="hidden" name="period" value="custom" />
                {kept.collect_view()}
                <input type="date" name="from" value=query.from.clone() aria-label="First day" required=true />
                <span class="faint" aria-hidden="true">
                    "to"
                </span>
                <input type="date" name="to" value=query.to.clone() aria-label="Last day" required=true />
                <button type="submit" class="button">
                    "Show"
                </button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn Filters(page: UsagePage) -> impl IntoView {
    let UsagePage { query, choices, .. } = page;
    let kept = [
        ("period", &query.period),
        ("from", &query.from),
        ("to", &query.to),
        ("measure", &query.measure),
        ("split", &query.split),
    ];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> });
    view! {
        <form method="get" action="/usage" class="filters usage-filters" aria-label="Filters">
            {kept.collect_view()}
            <Choice name="provider" all="Any provider" options=choices.providers chosen=query.provider.clone() />
            <Choice name="model" all="Any model" options=choices.models chosen=query.model.clone() />
            <Choice name="key" all="Any key" options=choices.keys chosen=query.key.clone() />
            <Choice name="client" all="Any tool" options=choices.clients chosen=query.client.clone() />
            <Choice name="combo" all="Any combo" options=choices.combos chosen=query.combo.clone() />
            <button type="submit" class="button">
                "Filter"
            </button>
        </form>
        <Chips query />
    }
    .into_any()
}

#[component]
fn Choice(name: &'static str, all: &'static str, options: Vec<String>, chosen: String) -> impl IntoView {
    // A choice in the address that is not offered is still shown, so that it can be seen and taken back.
    let stray = !chosen.is_empty() && !options.contains(&chosen);
    let options = stray.then(|| chosen.clone()).into_iter().chain(options).map(|value| {
        let (selected, shown) = (value == chosen, value.clone());
        view! {
            <option value=value selected=selected>
                {shown}
            </option>
        }
    });
    view! {
        <select name=name aria-label=all>
            <option value="">{all}</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// What is filtered by, each with a way to take it back.
#[component]
fn Chips(query: UsageQuery) -> impl IntoView {
    type Part = fn(&mut UsageQuery) -> &mut String;
    let parts: [(&str, Part); 5] = [
        ("provider", |query| &mut query.provider),
        ("model", |query| &mut query.model),
        ("key", |query| &mut query.key),
        ("tool", |query| &mut query.client),
        ("combo", |query| &mut query.combo),
    ];
    let chips: Vec<_> = parts
        .into_iter()
        .filter_map(|(name, part)| {
            let value = part(&mut query.clone()).clone();
            let href = with(&query, |other| part(other).clear());
            (!value.is_empty()).then(|| {
                view! {
                    <li class="chip">
                        <span class="faint">{name}</span>
                        <span>{value.clone()}</span>
                        <a href=href aria-label=format!("Remove the filter: {name} {value}")>
                            <Icon glyph=Glyph::Cross />
                        </a>
                    </li>
                }
            })
        })
        .collect();
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label="Filters">
                {chips}
            </ul>
        }
    })
}

#[component]
fn Notes(notes: Vec<String>) -> impl IntoView {
    let notes: Vec<_> = notes.into_iter().map(|note| view! { <p>{note}</p> }).collect();
    (!notes.is_empty()).then(|| {
        view! {
            <div class="alert warn" role="status">
                <Icon glyph=Glyph::Warning />
                <div>{notes}</div>
            </div>
        }
    })
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
            <Causes causes=page.causes.clone() />
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
    view! {
        <section class="card" aria-labelledby="main-title">
            <header class="usage-head">
                <h2 id="main-title">{title.clone()}</h2>
                <Segments label="Measure" options=measures.to_vec() />
                <Segments label="Split by" options=splits.to_vec() />
            </header>
            <Drawn page=page.clone() title />
            <OverTime page />
            <p class="usage-export faint">
                <span>"Export: "</span>
                <a href=exported download="usage.csv" rel="external">"CSV"</a>
                <a href=json download="usage.json" rel="external">"JSON"</a>
            </p>
        </section>
    }
    .into_any()
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
    let who = !(page.query.key.is_empty() && page.query.client.is_empty() && page.query.combo.is_empty());
    let worth = match page.saved_cost {
        0 => String::new(),
        cost => format!(", worth {} at list prices", format::money(cost)),
    };
    let words = match page.saved_tokens {
        0 => "The saver took nothing out in this period.".to_owned(),
        tokens => format!("The saver took {} tokens out of tools' output{worth}.", format::tokens(tokens)),
    };
    let all = who.then_some(" This is of all keys, tools and combos: whose they were is not kept.");
    view! {
        <p class="faint">
            {words} {all} " " <a href="/saver">"More on the saver"</a>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_does_not_go_without_saying() {
        assert_eq!(address(&UsageQuery::default()), "/usage");
        let usual = UsageQuery { period: "7d".into(), measure: "tokens".into(), ..UsageQuery::default() };
        assert_eq!(address(&usual), "/usage");
        let other = UsageQuery { model: "glm/glm-4.7".into(), split: "key".into(), ..usual };
        assert_eq!(address(&other), "/usage?split=key&model=glm%2Fglm-4.7");
    }

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
