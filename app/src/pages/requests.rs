//! The list of requests.

use super::payload_log::LogsOn;
use crate::api::requests::{RequestFilter, RequestList, load_requests};
use crate::parts::filter::{Chips, Choice, Kept, Notes, named_so};
use crate::parts::format::{encode, exact};
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::live::NewRequests;
use crate::parts::reader;
use crate::parts::rows::{RequestHead, RequestLine};
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The list of requests. Its filters live in the address.
#[component]
pub fn Requests() -> impl IntoView {
    let filter = use_query_map().with_untracked(|query| {
        let of = |name: &str| query.get(name).unwrap_or_default().trim().to_owned();
        RequestFilter {
            search: of("search"),
            outcome: of("outcome"),
            provider: of("provider"),
            key: of("key"),
            model: of("model"),
            client: of("client"),
            combo: of("combo"),
            cause: of("cause"),
            from: of("from"),
            to: of("to"),
            before: of("before"),
        }
    });
    let data = load_requests(filter.clone());
    framed(
        Place::Requests,
        |_| "Requests".to_owned(),
        data,
        move |list| {
            // Nothing at all: there is nothing to filter.
            let nothing = list.rows.is_empty() && filter == RequestFilter::default();
            // What is older than something never grows.
            let newest = filter.before.is_empty() && filter.to.is_empty();
            let shown: Vec<String> = list.rows.iter().map(|row| row.id.clone()).collect();
            view! {
                {(!nothing).then(|| view! { <Filters filter=filter.clone() list=list.clone() /> })}
                <LogsOn logs=list.logs.clone() />
                <Notes notes=list.notes.clone() />
                {newest.then(|| view! { <NewRequests filter=filter.clone() shown=shown.clone() /> })}
                <div id="list">
                    <List filter list />
                </div>
            }
            .into_any()
        },
    )
}

/// The address of the list with these filters.
fn address(filter: &RequestFilter) -> String {
    let pairs = [
        ("search", &filter.search),
        ("outcome", &filter.outcome),
        ("provider", &filter.provider),
        ("key", &filter.key),
        ("model", &filter.model),
        ("client", &filter.client),
        ("combo", &filter.combo),
        ("cause", &filter.cause),
        ("from", &filter.from),
        ("to", &filter.to),
        ("before", &filter.before),
    ];
    let query: Vec<_> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if query.is_empty() { "/requests".to_owned() } else { format!("/requests?{}", query.join("&")) }
}

const OUTCOMES: [(&str, &str); 4] =
    [("answered", "Answered"), ("failed", "Failed"), ("broken", "Broken off"), ("cancelled", "Cancelled")];

#[component]
fn Filters(filter: RequestFilter, list: RequestList) -> impl IntoView {
    // What other pages filter by.
    let kept = [
        ("model", filter.model.clone()),
        ("client", filter.client.clone()),
        ("combo", filter.combo.clone()),
        ("cause", filter.cause.clone()),
        ("from", filter.from.clone()),
        ("to", filter.to.clone()),
    ];
    let outcomes = OUTCOMES.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let providers = named_so(list.providers);
    let keys = named_so(list.keys);
    view! {
        <form class="filters" method="get" action="/requests" role="search">
            <span class="search">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    name="search"
                    value=filter.search.clone()
                    placeholder="Model, key, client, id, status or error"
                    aria-label="Search the requests"
                    autocomplete="off"
                    spellcheck="false"
                />
            </span>
            <Choice name="outcome" all="Any outcome" options=outcomes chosen=filter.outcome.clone() />
            <Choice name="provider" all="Any provider" options=providers chosen=filter.provider.clone() />
            <Choice name="key" all="Any key" options=keys chosen=filter.key.clone() />
            <Kept pairs=kept.to_vec() />
            <button type="submit" class="button">
                "Filter"
            </button>
        </form>
        <FilteredBy filter />
    }
    .into_any()
}

/// A moment of the address, as the reader's clock shows it.
fn moment(text: &str) -> String {
    text.parse().map_or(text.to_owned(), |at| exact(at, reader::utc_offset()))
}

/// What is filtered by, each with a way to take it back.
#[component]
fn FilteredBy(filter: RequestFilter) -> impl IntoView {
    let without = |change: fn(&mut RequestFilter)| {
        let mut rest = RequestFilter { before: String::new(), ..filter.clone() };
        change(&mut rest);
        address(&rest)
    };
    let outcome = OUTCOMES
        .into_iter()
        .find(|(value, _)| *value == filter.outcome)
        .map_or(filter.outcome.clone(), |(_, words)| words.to_lowercase());
    let chips = [
        ("contains", filter.search.clone(), without(|rest| rest.search.clear())),
        ("outcome", outcome, without(|rest| rest.outcome.clear())),
        ("provider", filter.provider.clone(), without(|rest| rest.provider.clear())),
        ("key", filter.key.clone(), without(|rest| rest.key.clear())),
        ("model", filter.model.clone(), without(|rest| rest.model.clear())),
        ("tool", filter.client.clone(), without(|rest| rest.client.clear())),
        ("combo", filter.combo.clone(), without(|rest| rest.combo.clear())),
        ("cause", filter.cause.clone(), without(|rest| rest.cause.clear())),
        ("from", moment(&filter.from), without(|rest| rest.from.clear())),
        ("before", moment(&filter.to), without(|rest| rest.to.clear())),
        ("older than", filter.before.chars().take(12).collect(), without(|_| ())),
    ];
    view! { <Chips chips=chips.to_vec() clear="/requests".to_owned() /> }
}

#[component]
fn List(filter: RequestFilter, list: RequestList) -> impl IntoView {
    let next = list.next.clone().map(|before| address(&RequestFilter { before, ..filter.clone() }));
    let newest = address(&RequestFilter { before: String::new(), ..filter.clone() });
    let later = !filter.before.is_empty();
    let looked = list.looked_since.map(|since| {
        let (since, next) = (exact(since, reader::utc_offset()), next.clone());
        view! {
            <p class="looked soft">
                {format!("Looked through the requests since {since}.")}
                {next.map(|next| view! { <a href=next rel="next">"Look further back"</a> })}
            </p>
        }
    });
    if list.rows.is_empty() && looked.is_some() {
        return view! {
            <section class="card">
                <Empty glyph=Glyph::Search title="Nothing found yet" words="None of the newer requests matches these filters.">
                    {looked}
                </Empty>
            </section>
        }
        .into_any();
    }
    if list.rows.is_empty() {
        let unfiltered = filter == RequestFilter::default();
        let (title, words, label, href) = if unfiltered {
            (
                "No requests yet",
                "Every request your tools make appears here, with what answered it and what it cost.",
                "Connect a tool",
                "/connect",
            )
        } else {
            (
                "No request fits",
                "No request that is still kept matches these filters.",
                "Show all requests",
                "/requests",
            )
        };
        return view! {
            <section class="card">
                <Empty glyph=Glyph::Requests title words>
                    <a class="button primary" href=href>
                        {label}
                    </a>
                </Empty>
            </section>
        }
        .into_any();
    }
    let rows = list.rows.into_iter().map(|row| view! { <RequestLine row /> });
    view! {
        <section class="card table-card">
            <div class="scroll">
                <table class="requests">
                    <caption class="visually-hidden">"Requests, newest first"</caption>
                    <RequestHead />
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
        {looked}
        <nav class="pager" aria-label="Older and newer requests">
            {later
                .then(|| {
                    view! {
                        <a class="button" href=newest>
                            <Icon glyph=Glyph::Left />
                            "Newest"
                        </a>
                    }
                })}
            {next
                .map(|next| {
                    view! {
                        <a class="button end" href=next rel="next">
                            "Older"
                            <Icon glyph=Glyph::Right />
                        </a>
                    }
                })}
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_live_in_the_address() {
        assert_eq!(address(&RequestFilter::default()), "/requests");
        let filter = RequestFilter {
            search: "rate limit".to_owned(),
            outcome: "failed".to_owned(),
            ..RequestFilter::default()
        };
        assert_eq!(address(&filter), "/requests?search=rate%20limit&outcome=failed");
    }
}
