//! What moves by itself: the list of the newest requests, and the wait for the first one.

use super::browser;
use super::going::Going;
use super::icon::{Glyph, Icon};
use super::rows::{RequestHead, RequestLine};
use super::time::Ago;
use crate::api::Millis;
use crate::api::overview::UnderWayNow;
use crate::api::requests::{RequestFilter, RequestRow};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{Element, EventSource, MessageEvent, Node};

const LIVE: &str = "/console/live";

/// How many rows the list shows.
const SHOWN: usize = 12;

/// Calls `seen` once for every request that ends from now on, and for those of the newest that were missed; `known`: ids of
/// others that are no news; `under_way` is kept as it is. Comes back by itself after the connection was
/// lost, and lets go of it while the page is in the background (a browser has few connections to share).
fn listen(
    known: Vec<String>,
    seen: impl Fn(RequestRow) + Clone + 'static,
    under_way: Option<RwSignal<UnderWayNow>>,
    connected: RwSignal<bool>,
) {
    // Whoever knows nothing has missed nothing yet.
    let since = StoredValue::new(known.first().cloned());
    let known = StoredValue::new(known.into_iter().collect::<HashSet<_>>());
    let source = StoredValue::new_local(None::<EventSource>);
    let open = move || {
        let seen = seen.clone();
        source.update_value(|source| {
            if source.as_ref().is_some_and(|source| source.ready_state() != EventSource::CLOSED) {
                return;
            }
            let of = since.with_value(|since| since.as_ref().map(|since| format!("since={since}")));
            let more = under_way.is_some().then(|| "under_way=1".to_owned());
            let said: Vec<String> = of.into_iter().chain(more).collect();
            let address = format!("{LIVE}?{}", said.join("&"));
            let Ok(fresh) = EventSource::new(&address) else { return };
            since.update_value(|since| {
                since.get_or_insert_with(|| "nothing".to_owned());
            });
            on(&fresh, "request", move |event: JsValue| {
                if let Some(row) = data_of::<RequestRow>(event) {
                    let mut news = false;
                    known.update_value(|known| news = known.insert(row.id.clone()));
                    if news {
                        seen(row);
                    }
                }
            });
            if let Some(under_way) = under_way {
                on(&fresh, "under-way", move |event: JsValue| {
                    if let Some(now) = data_of(event) {
                        under_way.set(now);
                    }
                });
            }
            on(&fresh, "open", move |_| connected.set(true));
            on(&fresh, "error", move |_| connected.set(false));
            *source = Some(fresh);
        });
    };
    open();
    let again = open.clone();
    // The browser reconnects by itself, but gives up for good after an error status.
    set_interval(
        move || {
            if !document().hidden() {
                again();
            }
        },
        Duration::from_secs(5),
    );
    let _ = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() {
            source.update_value(|source| {
                if let Some(source) = source.take() {
                    source.close();
                }
            });
            connected.set(false);
        } else {
            open();
        }
    });
}

/// What an event carries.
fn data_of<T: DeserializeOwned>(event: JsValue) -> Option<T> {
    let data = event.dyn_into::<MessageEvent>().ok()?.data().as_string()?;
    serde_json::from_str(&data).ok()
}

/// Adds a listener that lives as long as the page.
fn on(target: &EventSource, name: &str, listener: impl Fn(JsValue) + 'static) {
    let listener = Closure::<dyn Fn(JsValue)>::new(listener);
    let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Parts of the page that are fetched anew when requests have ended.
#[derive(Clone, Copy)]
struct Renewed {
    /// Their ids.
    regions: &'static [&'static str],
    /// How long after a request, so that many at once make one fetch.
    after: Duration,
    /// What is there while somebody reads them.
    read: &'static str,
}

/// The fallbacks have one height: nothing moves when they change.
const FALLBACKS: Renewed = Renewed {
    regions: &["fallbacks"],
    after: Duration::from_secs(1),
    read: "#fallbacks:hover, #fallbacks:focus-within",
};

/// What else changes with requests: what is left of accounts, and what calls for a hand.
const AROUND: Renewed = Renewed {
    regions: &["hand", "quotas"],
    after: Duration::from_secs(10),
    read: "#hand:hover, #hand:focus-within, #quotas:hover, #quotas:focus-within",
};

/// Whether the focus came to the fold of what is under way: whoever opened it does not read the rows below.
fn on_fold(event: &ev::FocusEvent) -> bool {
    let at = event.target().and_then(|at| at.dyn_into::<Element>().ok());
    at.is_some_and(|at| at.closest(".going").is_ok_and(|fold| fold.is_some()))
}

/// Fetches them anew, once nobody reads them and nothing else is read that would move. `due` says that this is about to
/// happen.
fn renew(what: Renewed, due: RwSignal<bool>, held: impl Fn() -> bool + Copy + 'static) {
    set_timeout(
        move || {
            if held() || document().query_selector(what.read).is_ok_and(|read| read.is_some()) {
                renew(what, due, held);
            } else {
                due.set(false);
                spawn_local(async move {
                    browser::refresh(what.regions).await;
                });
            }
        },
        what.after,
    );
}

/// The newest requests. While the pointer, the focus or the scroll position says that somebody reads, new
/// ones wait behind a button that counts them.
#[island]
pub fn LiveList(first: Vec<RequestRow>, under_way: UnderWayNow) -> impl IntoView {
    let under_way = RwSignal::new(under_way);
    let shown: Vec<String> = first.iter().map(|row| row.id.clone()).collect();
    let rows = RwSignal::new(first);
    let held = RwSignal::new(Vec::<RequestRow>::new());
    // Two flags: a button that hides itself takes the focus away while the pointer still rests on the list.
    let pointed = RwSignal::new(false);
    let focused = RwSignal::new(false);
    let reading = move || pointed.get_untracked() || focused.get_untracked();
    let place = NodeRef::<Section>::new();
    let due = RwSignal::new(false);
    let around = RwSignal::new(false);
    let scrolled = || window().scroll_y().is_ok_and(|y| y > 240.0);
    let connected = RwSignal::new(false);
    let flush = move || {
        let waiting = held.with_untracked(Vec::len);
        if waiting > 0 {
            let mut fresh = held.get_untracked();
            held.set(Vec::new());
            rows.update(|rows| {
                rows.retain(|row| fresh.iter().all(|new| new.id != row.id));
                fresh.append(rows);
                fresh.truncate(SHOWN);
                *rows = fresh;
            });
        }
    };
    Effect::new(move |_| {
        listen(
            shown.clone(),
            move |row| {
                if row.attempts > 1 && !due.get_untracked() {
                    due.set(true);
                    renew(FALLBACKS, due, || false);
                }
                if !around.get_untracked() {
                    around.set(true);
                    renew(AROUND, around, move || reading() || scrolled());
                }
                held.update(|held| {
                    held.retain(|other| other.id != row.id);
                    held.insert(0, row);
                    held.truncate(99);
                });
                if !reading() && !scrolled() {
                    flush();
                }
            },
            Some(under_way),
            connected,
        );
    });
    let left = move |flag: RwSignal<bool>| {
        flag.set(false);
        if !reading() {
            flush();
        }
    };
    let moved_out = move |event: &ev::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        !place.get_untracked().is_some_and(|place| to.is_some_and(|to| place.contains(Some(&to))))
    };
    view! {
        <section
            class="card table-card"
            aria-labelledby="latest"
            node_ref=place
            on:pointerenter=move |_| pointed.set(true)
            on:pointerleave=move |_| left(pointed)
            on:focusin=move |event: ev::FocusEvent| {
                if on_fold(&event) {
                    left(focused);
                } else {
                    focused.set(true);
                }
            }
            on:focusout=move |event: ev::FocusEvent| {
                if moved_out(&event) {
                    left(focused);
                }
            }
        >
            <header>
                <h2 id="latest">"Latest requests"</h2>
                <span class="live" class:on=move || connected.get()>
                    <i class="dot"></i>
                    {move || if connected.get() { "live" } else { "not live" }}
                </span>
                <button
                    type="button"
                    class="button small"
                    hidden=move || held.with(Vec::is_empty)
                    on:click=move |_| {
                        focused.set(false);
                        flush();
                    }
                >
                    {move || format!("Show {} new", held.with(Vec::len))}
                </button>
                <a class="end" href="/requests">
                    "All requests"
                </a>
            </header>
            <Going under_way connected />
            <div class="scroll">
                <table class="requests">
                    <caption class="visually-hidden">"The newest requests, newest first"</caption>
                    <RequestHead />
                    <tbody>
                        <For each=move || rows.get() key=|row| row.id.clone() let:row>
                            <RequestLine row />
                        </For>
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// Waits for a first request and turns green when it comes.
#[island]
pub fn FirstRequest(
    /// Whether one came before the page was made.
    came: bool,
    /// Where to go then; empty to stay.
    next: String,
    /// When an earlier one came: then nobody is kept waiting for the first.
    last: Option<Millis>,
) -> impl IntoView {
    let came = RwSignal::new(came);
    let connected = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    Effect::new(move |_| {
        if !came.get_untracked() {
            listen(
                Vec::new(),
                move |row| {
                    // On coming back the newest are told again.
                    if last.is_some_and(|last| row.at <= last) {
                        return;
                    }
                    let target = if row.target.is_empty() { row.asked } else { row.target };
                    words.set(format!("{} reached {target}.", row.client));
                    came.set(true);
                },
                None,
                connected,
            );
        }
    });
    view! {
        <p class="first-request" class:came=move || came.get() role="status">
            <span class="pulse" hidden=move || last.is_some() || came.get()></span>
            <span hidden=move || !came.get()>
                <Icon glyph=Glyph::Check />
            </span>
            {last.map(|at| view! { <span hidden=move || came.get()>"Last request " <Ago at /></span> })}
            <span>
                {move || {
                    if came.get() {
                        format!("It works. {}", words.get())
                    } else if last.is_some() {
                        String::new()
                    } else {
                        "Waiting for a request from your tool…".to_owned()
                    }
                }}
            </span>
            {(!next.is_empty())
                .then(|| {
                    view! {
                        <a class="button small" href=next hidden=move || !came.get()>
                            "Show it"
                        </a>
                    }
                })}
        </p>
    }
}

/// Whether a request that has ended fits the filters of a list, as far as its row tells.
fn fits(filter: &RequestFilter, row: &RequestRow) -> bool {
    let is = |wanted: &str, held: &str| wanted.is_empty() || wanted == held;
    let last = is(&filter.model, &row.target) && is(&filter.client, &row.client);
    let search = filter.search.trim().to_lowercase();
    let held = [&row.id, &row.asked, &row.target, &row.key, &row.client, &row.account, &row.error];
    let found = search.is_empty()
        || row.status.to_string() == search
        || held.iter().any(|text| text.to_lowercase().contains(&search));
    is(&filter.outcome, row.outcome.word())
        && is(&filter.provider, &row.provider_id)
        && is(&filter.key, &row.key)
        && is(&filter.combo, &row.combo)
        && filter.cause.is_empty()
        && last
        && found
}

/// Counts the requests that have ended since the list was made and belong into it, behind a button that shows them:
/// nothing moves by itself.
#[island]
pub fn NewRequests(
    /// What the list is filtered by.
    filter: RequestFilter,
    /// The ids of its requests.
    shown: Vec<String>,
) -> impl IntoView {
    let fresh = RwSignal::new(0_usize);
    let connected = RwSignal::new(false);
    Effect::new(move |_| {
        let filter = filter.clone();
        listen(
            shown.clone(),
            move |row| {
                if fits(&filter, &row) {
                    fresh.update(|fresh| *fresh += 1);
                }
            },
            None,
            connected,
        );
    });
    view! {
        <p class="new-requests" role="status">
            <span class="live" class:on=move || connected.get()>
                <i class="dot"></i>
                {move || if connected.get() { "live" } else { "not live" }}
            </span>
            <button
                type="button"
                class="button small"
                hidden=move || fresh.get() == 0
                on:click=move |_| {
                    fresh.set(0);
                    spawn_local(async move {
                        browser::refresh(&["list"]).await;
                    });
                }
            >
                {move || format!("Show {} new", fresh.get())}
            </button>
        </p>
    }
}
