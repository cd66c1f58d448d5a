//! Whose requests are logged in full: the switches on the Settings page, and the line that says so above the requests.

use crate::api::payload::{LogFor, LogRow, PayloadLog};
use crate::parts::dialog::{Confirm, Opens};
use crate::parts::field::Hidden;
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{Badge, Tone};
use crate::parts::reader;
use crate::parts::time::Until;
use leptos::prelude::*;

/// A moment by the reader's clock: `14:10`, with the day where that is another: `2026-11-30 14:10`.
fn moment(at: i64) -> String {
    let offset = reader::utc_offset();
    let [at, now] = [at, reader::now()].map(|at| format::exact(at, offset));
    let zone = if offset.is_none() { " UTC" } else { "" };
    let minute = |text: &str| text.get(..16).unwrap_or_default().to_owned();
    let (at, now) = (minute(&at), minute(&now));
    let shown = if at.get(..10) == now.get(..10) { at.get(11..).unwrap_or_default() } else { &at };
    format!("{shown}{zone}")
}

/// Whose requests, in words: "laptop", "tools without a key".
fn whose(name: &str) -> String {
    if name.is_empty() { "tools without a key".to_owned() } else { name.to_owned() }
}

/// How much is kept, in words.
fn kept(requests: i64, bytes: i64) -> String {
    match requests {
        0 => "nothing is kept".to_owned(),
        1 => format!("1 request is kept, {}", format::bytes(bytes)),
        many => format!("{} requests are kept, {}", format::count(many), format::bytes(bytes)),
    }
}

/// A quiet line for each log that is on.
#[component]
pub fn LogsOn(logs: Vec<LogRow>) -> impl IntoView {
    let lines = logs.into_iter().filter_map(|log| {
        let until = moment(log.until?);
        let name = whose(&log.name);
        let toast = format!("Requests of {name} are logged no longer.");
        Some(view! {
            <div class="log-on">
                <Icon glyph=Glyph::Clock />
                <span>"Requests of " <strong>{name.clone()}</strong> " are logged in full until " {until} "."</span>
                <Form action="stop_payloads" done=Done::Toast(toast)>
                    <Hidden name="key" value=log.key.to_string() />
                    <button type="submit" class="button small" aria-label=format!("Stop the log of {name}")>
                        "Stop"
                    </button>
                </Form>
                <a href="/settings#payload-log">"Payload log"</a>
            </div>
        })
    });
    lines.collect_view()
}

/// The payload log on the Settings page.
#[component]
pub fn PayloadLogCard(log: PayloadLog) -> impl IntoView {
    let any = log.requests > 0;
    let sum = format!("Now {}.", kept(log.requests, log.bytes));
    let rows = log.rows.into_iter().map(|log| view! { <Log log /> });
    view! {
        <section class="card" id="payload-log" aria-labelledby="payload-log-title">
            <header>
                <h2 id="payload-log-title">"Payload log"</h2>
                <span class="faint">{sum}</span>
                {any
                    .then(|| {
                        view! {
                            <span class="end">
                                <Opens dialog="forget-all" class="button small danger-plain" label="Delete all that was logged">
                                    "Delete all"
                                </Opens>
                            </span>
                        }
                    })}
            </header>
            <p class="help">
                "What the tools of a key send and get, in full, to look into one request or to find out why a prompt cache \
                 broke. What looks like a key, a token or a password is taken out before anything is stored; all else is \
                 people's work, so tell whoever uses the key. It is sealed like secrets, goes after the days and \
                 megabytes set above, and the log ends by itself."
            </p>
            <ul class="lines">{rows.collect_view()}</ul>
            {any
                .then(|| {
                    view! {
                        <Confirm
                            id="forget-all"
                            title="Delete all that was logged?"
                            words="Requests and replies in full, of every key, are deleted at once. The list of requests and all sums stay. A log that is on goes on."
                            submit="Delete all"
                            action="forget_payloads"
                            toast="All that was logged is deleted."
                        >
                            ""
                        </Confirm>
                    }
                })}
        </section>
    }
    .into_any()
}

/// One key, or requests without one.
#[component]
fn Log(log: LogRow) -> impl IntoView {
    let LogRow { key, name, until, requests, bytes } = log;
    let title = if name.is_empty() { "Requests without a key".to_owned() } else { name.clone() };
    let name = whose(&name);
    let on = until.is_some();
    let any = requests > 0;
    let dialog = format!("forget-{key}");
    let forget_it = format!("Delete what was logged of {name}");
    let export_it = format!("Export what was logged of {name}");
    let size = kept(requests, bytes);
    let state = match until {
        Some(at) => view! {
            <span class="faint">"Logged in full until " {moment(at)} ", " <Until at /> "; " {size}</span>
        }
        .into_any(),
        None => view! { <span class="faint">"Not logged; " {size}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="two grow">
                <span>
                    <strong>{title}</strong>
                    " "
                    {on.then(|| view! { <Badge tone=Tone::Warn glyph=Glyph::Clock text="Logged" /> })}
                </span>
                {state}
            </span>
            {any
                .then(|| {
                    view! {
                        <a class="button small" href=format!("/payloads.ndjson?key={key}") download="" aria-label=export_it>
                            "Export"
                        </a>
                        <Opens dialog=dialog.clone() class="button small danger-plain" label=forget_it>
                            "Delete"
                        </Opens>
                        <Forget dialog=dialog.clone() key name=name.clone() on />
                    }
                })}
            {if on {
                view! { <StopForm key name /> }.into_any()
            } else {
                view! { <LogForm key name /> }.into_any()
            }}
        </li>
    }
    .into_any()
}

#[component]
fn StopForm(key: i64, name: String) -> impl IntoView {
    let toast = format!("Requests of {name} are logged no longer.");
    view! {
        <Form action="stop_payloads" done=Done::Toast(toast)>
            <Hidden name="key" value=key.to_string() />
            <button type="submit" class="button small" aria-label=format!("Stop the log of {name}")>
                "Stop"
            </button>
        </Form>
    }
    .into_any()
}

#[component]
fn LogForm(key: i64, name: String) -> impl IntoView {
    let toast = format!("Requests of {name} are logged in full.");
    let options =
        LogFor::ALL.map(|how_long| view! { <option value=how_long.word()>{how_long.words()}</option> });
    view! {
        <Form action="log_payloads" class="log-form" done=Done::Toast(toast)>
            <Hidden name="key" value=key.to_string() />
            <select name="how_long" aria-label=format!("How long requests of {name} are logged")>
                {options}
            </select>
            <button type="submit" class="button small" aria-label=format!("Log requests of {name}")>
                "Log"
            </button>
        </Form>
    }
    .into_any()
}

#[component]
fn Forget(dialog: String, key: i64, name: String, on: bool) -> impl IntoView {
    let words = if on {
        "The log is stopped, and the requests and replies that it kept in full are deleted at once. The list of requests \
         and all sums stay."
    } else {
        "Requests and replies in full are deleted at once. The list of requests and all sums stay."
    };
    let stop = on.then(|| view! { <Hidden name="forget" value="true" /> });
    view! {
        <Confirm
            id=dialog
            title=format!("Delete what was logged of {name}?")
            words
            submit=if on { "Stop and delete" } else { "Delete" }
            action=if on { "stop_payloads" } else { "forget_payloads" }
            toast=format!("What was logged of {name} is deleted.")
        >
            <Hidden name="key" value=key.to_string() />
            {stop}
        </Confirm>
    }
    .into_any()
}
