//! Every form of the dashboard, its fields, and what happens when it is sent.
//!
//! Without JavaScript the browser posts the form to the server function and Leptos redirects back; a refusal
//! comes in the query and is shown on top of the page. With JavaScript the island sends the same fields,
//! keeps what was typed when they are refused, and says so at the field.

use super::browser;
use super::icon::{Glyph, Icon};
use crate::api::connect::NewKey;
use crate::api::providers::TestResult;
use crate::api::{Problem, ProblemKind};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement};

/// What happens when the server has done what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    /// The page the server names is opened, or this one again.
    #[default]
    Open,
    /// The same, with a few words on the page that comes.
    Toast(String),
    /// The answer is a test result: it is said beside the form.
    Say,
    /// The answer is a new key: it is shown once in this dialog and filled into the snippets.
    ShowKey(String),
    /// The elements of these ids are fetched anew; the reader stays where they are.
    Refresh(Vec<String>),
    /// The answer is this page again: the element of this id is taken from it, and what it says is announced.
    Show(String),
}

/// A form for the server function of that name.
#[component]
pub fn Form(
    /// The endpoint of the server function, e.g. `add_account`.
    action: &'static str,
    #[prop(optional, into)] class: String,
    #[prop(optional)] done: Done,
    /// Shows a refusal of a form posted without JavaScript here; the frame shows it otherwise.
    #[prop(optional)]
    alone: bool,
    children: Children,
) -> impl IntoView {
    let action = format!("/console/{action}");
    let refused = if alone { refusal() } else { None }.map(|problem| problem.message).unwrap_or_default();
    view! { <EnhancedForm action class done refused>{children()}</EnhancedForm> }.into_any()
}

/// Why the form posted last was refused, when it was posted without JavaScript.
pub fn refusal() -> Option<Problem> {
    let query = use_query_map();
    let error = query.with_untracked(|query| query.get("__err"))?;
    Some(ServerFnUrlError::<Problem>::decode_err(&error))
}

/// The one island for all forms.
#[island]
pub fn EnhancedForm(
    action: String,
    class: String,
    done: Done,
    refused: String,
    children: Children,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let alert = RwSignal::new(refused);
    let said = RwSignal::new(None::<TestResult>);
    let says = done == Done::Say;
    let target = action.clone();
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        said.set(None);
        let button = event.submitter();
        let (action, done) = (target.clone(), done.clone());
        spawn_local(async move {
            let problem = send(&action, &form, button, done, said).await.err();
            busy.set(false);
            alert.set(place(&form, problem));
            request_animation_frame(move || bring_alert_into_view(&form));
        });
    };
    view! {
        <form method="post" action=action class=class aria-busy=move || busy.get().then_some("true") on:submit=submit>
            <p class="alert bad" role="alert" hidden=move || alert.with(String::is_empty)>
                <Icon glyph=Glyph::Warning />
                <span>{move || alert.get()}</span>
            </p>
            {children()}
            {says
                .then(|| {
                    view! {
                        <p class="said" role="status">
                            {move || said.get().map(|said| view! { <Said said /> })}
                        </p>
                    }
                })}
        </form>
    }
}

/// The result of a test in words.
#[component]
fn Said(said: TestResult) -> impl IntoView {
    let (class, glyph) = if said.ok { ("good", Glyph::Check) } else { ("bad", Glyph::Warning) };
    let took = super::format::took(said.millis);
    view! {
        <span class=class>
            <Icon glyph />
            <span>{said.sentence} " " <span class="faint">"(" {took} ")"</span></span>
        </span>
    }
}

/// A refusal stands on top of its form, which may be out of sight from the button at its end.
fn bring_alert_into_view(form: &HtmlFormElement) {
    if let Ok(Some(alert)) = form.query_selector(".alert:not([hidden])")
        && alert.get_bounding_client_rect().top() < 0.0
    {
        alert.scroll_into_view();
    }
}

/// Sends the fields and does what `done` says.
async fn send(
    action: &str,
    form: &HtmlFormElement,
    button: Option<HtmlElement>,
    done: Done,
    said: RwSignal<Option<TestResult>>,
) -> Result<(), Problem> {
    let odd = |words: &str| Problem::new(ProblemKind::Internal, words);
    let fields = web_sys::FormData::new_with_form(form).map_err(|_| odd("This form cannot be read."))?;
    if let Some(button) = &button
        && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
    {
        let _ = fields.append_with_str(&name, &value);
    }
    let answer = browser::post(action, &fields).await.ok_or_else(|| {
        odd("Ninerouter cannot be reached. Check that it is still running, then try again.")
    })?;
    if !answer.ok {
        return Err(serde_json::from_str(&answer.body).unwrap_or_else(|_| {
            odd(&format!("Ninerouter gave an answer that makes no sense here (status {}).", answer.status))
        }));
    }
    match done {
        Done::Say if answer.location.is_none() => {
            said.set(serde_json::from_str(&answer.body).ok());
            return Ok(());
        }
        Done::Refresh(regions) if answer.location.is_none() => {
            let label = button.and_then(|button| button.get_attribute("aria-label"));
            if browser::refresh(&regions).await.is_some() {
                // The button that was pressed may have been replaced by another.
                if let Some(label) = label {
                    browser::focus_on(&label);
                }
                return Ok(());
            }
        }
        Done::Show(region) if answer.location.is_none() => {
            return browser::show(&answer.body, &region)
                .ok_or_else(|| odd("The answer cannot be shown here. Load this page again."));
        }
        Done::ShowKey(dialog) if answer.location.is_none() => {
            let key: NewKey = serde_json::from_str(&answer.body)
                .map_err(|_| odd("The key was made, but cannot be shown. Revoke it and make another."))?;
            form.reset();
            if let Ok(Some(around)) = form.closest("dialog") {
                browser::close_dialog(&around.id());
            }
            browser::fill("key", &key.secret);
            browser::fill("key-name", &key.row.name);
            browser::open_dialog(&dialog);
            browser::refresh(&["keys"]).await;
            return Ok(());
        }
        Done::Toast(words) => browser::toast_after_navigation(&words),
        _ => {}
    }
    match answer.location {
        Some(location) => browser::go(&location),
        None => browser::go(&location_here()),
    }
    Ok(())
}

/// This page without what a refusal left in its query.
fn location_here() -> String {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let search = location.search().unwrap_or_default();
    let kept: Vec<_> = search
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("__path=") && !pair.starts_with("__err="))
        .collect();
    if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
}

/// Puts the words of a problem at the field it is about, and gives them back when there is no such field.
fn place(form: &HtmlFormElement, problem: Option<Problem>) -> String {
    for field in browser::elements(form.query_selector_all("[aria-invalid]").ok()) {
        let _ = field.remove_attribute("aria-invalid");
    }
    for line in browser::elements(form.query_selector_all(".field-error").ok()) {
        line.set_text_content(None);
    }
    let Some(problem) = problem else { return String::new() };
    let at_field = problem.field.as_ref().and_then(|name| {
        let field = form.query_selector(&format!("[name=\"{name}\"]")).ok()??;
        let line = field.closest(".field").ok()??.query_selector(".field-error").ok()??;
        line.set_text_content(Some(&problem.message));
        if let Ok(Some(folded)) = field.closest("details") {
            let _ = folded.set_attribute("open", "");
        }
        let field: HtmlElement = field.dyn_into().ok()?;
        let _ = field.set_attribute("aria-invalid", "true");
        field.focus().ok()
    });
    if at_field.is_some() { String::new() } else { problem.message }
}
