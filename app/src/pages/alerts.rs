//! Alerts: limits that are nearly used up, when they are told, and where.

use crate::api::alerts::{AlertRow, AlertSettings};
use crate::parts::field::{Field, Hidden, Tick};
use crate::parts::form::{Done, Form};
use crate::parts::format::ended;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::{Ago, Until};
use leptos::prelude::*;

/// One alert as a line of a list, with a way to take it off.
#[component]
pub fn AlertLine(
    alert: AlertRow,
    /// Leads to the Quota page.
    #[prop(optional)]
    linked: bool,
) -> impl IntoView {
    let words = alert.words();
    let label = format!("Seen: {words}");
    let sentence = view! {
        {words}
        {alert.resets_at.map(|at| view! { ", anew " <Until at /> })}
        "."
    };
    let sentence = if linked {
        view! {
            <a href="/quota">
                {sentence}
            </a>
        }
        .into_any()
    } else {
        sentence.into_any()
    };
    view! {
        <li class="alert-line">
            <span class="grow">
                <span>{sentence}</span>
                <span class="faint">
                    {format!("Past {}% ", alert.threshold_percent)} <Ago at=alert.raised_at />
                </span>
            </span>
            <Form action="dismiss_alert">
                <Hidden name="id" value=alert.id.to_string() />
                <button type="submit" class="button small" aria-label=label>
                    "Seen"
                </button>
            </Form>
        </li>
    }
    .into_any()
}

/// The open alerts on the Quota page; nothing when there is none.
#[component]
pub fn OpenAlerts(alerts: Vec<AlertRow>) -> impl IntoView {
    if alerts.is_empty() {
        return ().into_any();
    }
    let lines = alerts.into_iter().map(|alert| view! { <AlertLine alert /> }).collect_view();
    view! {
        <section class="card trouble" aria-labelledby="alerts">
            <h2 id="alerts">
                <Icon glyph=Glyph::Warning />
                "Nearly used up"
            </h2>
            <ul class="lines">{lines}</ul>
        </section>
    }
    .into_any()
}

/// When alerts are raised, and where they go.
#[component]
pub fn Alerting(settings: AlertSettings) -> impl IntoView {
    let AlertSettings { thresholds, webhook, private_network, failed_at, why } = settings;
    let thresholds = thresholds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (any, kept) = if webhook.is_empty() {
        (
            false,
            "Alerts are posted there as JSON that Slack, Mattermost, Teams and Discord show as it is."
                .to_owned(),
        )
    } else {
        (true, format!("They go to {webhook}. Leave empty to keep that, or enter - to send them nowhere."))
    };
    view! {
        <section class="card" aria-labelledby="alerting">
            <h2 id="alerting">"Alerts"</h2>
            {failed_at
                .map(|at| {
                    view! {
                        <p class="alert bad">
                            <Icon glyph=Glyph::Warning />
                            <span>"The last alert could not be delivered: " {ended(&why)} " " <Ago at /></span>
                        </p>
                    }
                })}
            <Form action="save_alerts" class="stack" done=Done::Toast("The alerts were saved.".to_owned())>
                <div class="grid-form">
                    <Field
                        id="thresholds"
                        name="thresholds"
                        label="Tell me at, in percent used"
                        value=thresholds
                        placeholder="80, 95"
                        help="Once for each, until the limit begins anew. Limits of less than an hour are left out. Empty: no alerts."
                    />
                    <Field
                        id="webhook"
                        name="webhook"
                        label="Webhook, if you like"
                        kind="password"
                        mono=true
                        autocomplete="off"
                        placeholder="https://hooks.example.com/services/…"
                        help=kept
                    />
                </div>
                <Tick
                    id="webhook-private"
                    name="private_network"
                    label="The webhook is on my own network"
                    ticked=private_network
                    help="Otherwise it must be a public address."
                />
                <p class="buttons">
                    <button type="submit" class="button primary">
                        "Save"
                    </button>
                </p>
            </Form>
            {any
                .then(|| {
                    view! {
                        <Form action="test_alert" class="test-alert" done=Done::Say>
                            <button type="submit" class="button">
                                "Send a test alert"
                            </button>
                        </Form>
                    }
                })}
        </section>
    }
    .into_any()
}
