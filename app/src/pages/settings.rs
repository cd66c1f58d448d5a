//! Settings: password, sessions, key policy, retention, limits.

use super::payload_log::PayloadLogCard;
use crate::api::settings::{Policy, SessionRow, SettingsPage, load_settings};
use crate::parts::dialog::{Confirm, Opens};
use crate::parts::field::{Field, Hidden, Tick};
use crate::parts::form::{Done, Form};
use crate::parts::format::seconds;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{Badge, Tone};
use crate::parts::time::{Ago, Day};
use leptos::prelude::*;

/// Settings.
#[component]
pub fn Settings() -> impl IntoView {
    framed(
        Place::Settings,
        |_| "Settings".to_owned(),
        load_settings(),
        |page| {
            view! {
                <div class="columns even">
                    <Password person=page.person.clone() />
                    <Sessions sessions=page.sessions.clone() />
                </div>
                <Policies policy=page.policy.clone() key_lock=page.key_lock.clone() />
                <PayloadLogCard log=page.payload_log.clone() />
                <section class="card" aria-labelledby="alerts">
                    <h2 id="alerts">"Alerts"</h2>
                    <p class="help">
                        "When you are told that a limit is nearly used up, and where, is set on the "
                        <a href="/quota#alerting">"Quota page"</a> "."
                    </p>
                </section>
                <About page />
            }
            .into_any()
        },
    )
}

#[component]
fn Password(person: String) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <Form
                action="change_password"
                class="stack"
                done=Done::Toast("The password was changed and all other sessions were signed out.".to_owned())
            >
                // Password managers want to know whose password this is.
                <input
                    type="text"
                    class="visually-hidden"
                    autocomplete="username"
                    value=person
                    readonly=true
                    tabindex="-1"
                    aria-hidden="true"
                />
                <Field
                    id="current"
                    name="current"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                />
                <Field
                    id="new"
                    name="new"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    minlength="8"
                    required=true
                    help="At least 8 characters. Every other session is signed out."
                />
                <p class="buttons">
                    <button type="submit" class="button">
                        "Change the password"
                    </button>
                </p>
            </Form>
        </section>
    }
    .into_any()
}

#[component]
fn Sessions(sessions: Vec<SessionRow>) -> impl IntoView {
    let lines = sessions.into_iter().map(|session| view! { <Session session /> });
    view! {
        <section class="card" aria-labelledby="sessions">
            <header>
                <h2 id="sessions">"Signed in"</h2>
                <span class="end">
                    <Opens dialog="everywhere" class="button small danger-plain">
                        "Sign out everywhere"
                    </Opens>
                </span>
            </header>
            <ul class="lines">{lines.collect_view()}</ul>
            <Confirm
                id="everywhere"
                title="Sign out everywhere?"
                words="Every session of yours ends, this one included, and every token made for the management interface."
                submit="Sign out everywhere"
                action="sign_out_everywhere"
                toast="You are signed out everywhere."
            >
                ""
            </Confirm>
        </section>
    }
    .into_any()
}

#[component]
fn Session(session: SessionRow) -> impl IntoView {
    let browser = if session.browser.is_empty() { "Unknown browser".to_owned() } else { session.browser };
    view! {
        <li>
            <span class="two grow">
                <span>
                    <strong>{browser.clone()}</strong>
                    " "
                    {session.current.then(|| view! { <Badge tone=Tone::Good glyph=Glyph::Check text="This one" /> })}
                </span>
                <span class="faint">
                    {session.address} ", since " <Ago at=session.created_at /> ", until " <Day at=session.expires_at />
                </span>
            </span>
            {(!session.current)
                .then(|| {
                    view! {
                        <Form action="end_session" done=Done::Toast("The session was ended.".to_owned())>
                            <Hidden name="id" value=session.id />
                            <button type="submit" class="button small" aria-label=format!("End the session in {browser}")>
                                "End"
                            </button>
                        </Form>
                    }
                })}
        </li>
    }
    .into_any()
}

/// A size in megabytes as a person types it.
fn megabytes(bytes: i64) -> String {
    (bytes as f64 / f64::from(1 << 20)).to_string()
}

#[component]
fn Policies(policy: Policy, key_lock: String) -> impl IntoView {
    let locked = !key_lock.is_empty();
    let key_help = if locked {
        key_lock
    } else {
        "When this is off, tools on this machine need no key. Tools on other machines always need one."
            .to_owned()
    };
    let limit = |id: &'static str, label: &'static str, value: i64, min: &'static str, help: &'static str| {
        view! {
            <Field
                id
                name=id
                label
                help
                kind="number"
                min=min
                step="any"
                unit="seconds"
                required=true
                value=seconds(value)
            />
        }
    };
    view! {
        <section class="card" aria-labelledby="policy">
            <h2 id="policy">"Keys, retention and limits"</h2>
            <Form action="save_policy" class="stack" done=Done::Toast("The settings were saved.".to_owned())>
                <Tick
                    id="require_key"
                    name="require_key"
                    label="Every tool needs a key"
                    ticked=policy.require_key || locked
                    locked=locked
                    help=key_help
                />
                <div class="grid-form">
                    <Field
                        id="retention_days"
                        name="retention_days"
                        label="Keep single requests for"
                        kind="number"
                        min="1"
                        step="1"
                        unit="days"
                        required=true
                        value=policy.retention_days.to_string()
                        help="Sums by day are kept for good."
                    />
                    <Field
                        id="payload_days"
                        name="payload_days"
                        label="Keep logged payloads for"
                        kind="number"
                        min="1"
                        step="1"
                        unit="days"
                        required=true
                        value=policy.payload_days.to_string()
                        help="They go with their request at the latest."
                    />
                    <Field
                        id="payload_mb"
                        name="payload_mb"
                        label="Logged payloads together"
                        kind="number"
                        min="1"
                        step="any"
                        unit="MB"
                        required=true
                        value=megabytes(policy.payload_bytes)
                        help="When there are more, the oldest go first."
                    />
                    <Field
                        id="max_body_mb"
                        name="max_body_mb"
                        label="Largest request"
                        kind="number"
                        min="0.1"
                        step="any"
                        unit="MB"
                        required=true
                        value=megabytes(policy.max_body_bytes)
                        help="Larger ones are refused before they reach a provider."
                    />
                    {limit(
                        "connect_s",
                        "Connecting to a provider",
                        policy.connect_ms,
                        "0.1",
                        "Then the next target is tried.",
                    )}
                    {limit(
                        "whole_reply_s",
                        "Whole reply without streaming",
                        policy.whole_reply_ms,
                        "0.1",
                        "From the request to the end of the reply.",
                    )}
                </div>
                <h3>"When another target can answer"</h3>
                <div class="grid-form">
                    {limit(
                        "first_token_s",
                        "First token",
                        policy.first_token_ms,
                        "0.1",
                        "A target that is silent for so long is joined by the next one; the first to answer is used.",
                    )}
                    {limit(
                        "stall_s",
                        "Stalled stream",
                        policy.stall_ms,
                        "0.1",
                        "A stream that stands still for so long is continued by the next target.",
                    )}
                    {limit(
                        "affinity_s",
                        "Account of a conversation",
                        policy.affinity_ms,
                        "0",
                        "How long a conversation stays at the account that answered last: providers keep prompts cached so \
                         long. 0 means not at all.",
                    )}
                    {limit(
                        "circuit_s",
                        "Rest of a failing model",
                        policy.circuit_ms,
                        "0.1",
                        "The longest time a model that keeps failing is left alone. Then one request tries it again, and the \
                         others go elsewhere until it answers.",
                    )}
                </div>
                <h3>"When nothing else can answer"</h3>
                <div class="grid-form">
                    {limit(
                        "first_byte_s",
                        "First token of a stream",
                        policy.first_byte_ms,
                        "0.1",
                        "How long a provider may think before it streams.",
                    )}
                    {limit(
                        "idle_s",
                        "Silence within a stream",
                        policy.idle_ms,
                        "0.1",
                        "Slow is not broken: one token a second is left alone.",
                    )}
                </div>
                <p class="buttons">
                    <button type="submit" class="button primary">
                        "Save"
                    </button>
                </p>
            </Form>
        </section>
    }
    .into_any()
}

#[component]
fn About(page: SettingsPage) -> impl IntoView {
    let facts =
        [("Version", page.version), ("Database", page.database), ("Data and secret key", page.data_dir)];
    let facts = facts.map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="about">
            <h2 id="about">
                <Icon glyph=Glyph::Lock />
                "This installation"
            </h2>
            <dl class="pairs">{facts}</dl>
            <p class="help">
                "Keys of providers are sealed with the secret key in that folder. Back up both together."
            </p>
        </section>
    }
    .into_any()
}
