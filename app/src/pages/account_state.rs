//! How an account is doing and what it may be used for: a part of the provider page.

use crate::api::providers::{AccountRow, Health, WaitingModel};
use crate::parts::budget::{BudgetInputs, BudgetMeter, counted};
use crate::parts::dialog::{Dialog, DialogButtons};
use crate::parts::field::Hidden;
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::icon::Glyph;
use crate::parts::mark::{Badge, Tone};
use crate::parts::time::{Ago, Until};
use leptos::prelude::*;

/// The health in words, what waits, and what of the budget is used.
#[component]
pub fn AccountWords(account: AccountRow) -> impl IntoView {
    let trouble = matches!(account.health, Health::Parked | Health::Refused);
    // The last error is only news when the sentence does not say it already.
    let error = Some(account.last_error.clone())
        .filter(|error| !error.is_empty() && !account.sentence.contains(error.as_str()));
    let waiting = account.waiting.iter().map(|model| view! { <Waiting model=model.clone() /> });
    let today = match (account.budget, account.spent.tokens) {
        (None, 1..) => {
            let (tokens, cost) = (format::tokens(account.spent.tokens), format::money(account.spent.cost));
            Some(format!(" Today {tokens} tokens, {cost}."))
        }
        _ => None,
    };
    view! {
        <div class="account-words">
            <p class="soft">
                {format::ended(&account.sentence)}
                {account
                    .parked_until
                    .filter(|_| trouble)
                    .map(|at| view! { " Tried again " <Until at /> "." })}
                {(account.in_flight > 0)
                    .then(|| {
                        format!(" {} under way.", format::counted(account.in_flight, "request", "requests"))
                    })}
            </p>
            <p class="faint">
                {match account.last_used_at {
                    Some(at) => view! { "Last answered " <Ago at /> "." }.into_any(),
                    None => view! { "It has not answered a request yet." }.into_any(),
                }} {today}
                {account
                    .last_error_at
                    .zip(error)
                    .map(|(at, error)| view! { " Last error " <Ago at /> ": " {format::ended(&error)} })}
            </p>
            {(!account.waiting.is_empty())
                .then(|| {
                    view! {
                        <ul class="waiting-models" aria-label="Models that wait">
                            {waiting.collect_view()}
                        </ul>
                    }
                })}
            {account.budget.map(|budget| view! { <BudgetMeter budget spent=counted(budget, account.spent) /> })}
        </div>
    }
    .into_any()
}

/// A model that waits although the account does not.
#[component]
fn Waiting(model: WaitingModel) -> impl IntoView {
    let WaitingModel { model, until, why, circuit } = model;
    let (glyph, text) = if circuit { (Glyph::Warning, "Keeps failing") } else { (Glyph::Clock, "Waiting") };
    let how = if circuit { ", with one request at a time." } else { "." };
    view! {
        <li>
            <span class="mono">{model}</span>
            <Badge tone=Tone::Warn glyph text />
            <span class="soft">{format::ended(&why)} " Tried again " <Until at=until /> {how}</span>
        </li>
    }
    .into_any()
}

/// What an account may be used for.
#[component]
pub fn BudgetDialog(account: AccountRow) -> impl IntoView {
    let id = account.id;
    let dialog = format!("budget-{id}");
    view! {
        <Dialog id=dialog.clone() title=format!("Budget of {}", account.name)>
            <Form action="set_budget" class="stack" done=Done::Toast("The budget was saved.".to_owned())>
                <Hidden name="id" value=id.to_string() />
                <p class="soft">
                    "When it is used up, other accounts answer until the period is over. Periods begin at midnight UTC, on \
                     Mondays, on the first of the month."
                </p>
                <BudgetInputs id=format!("budget-{id}") group="budget" budget=account.budget />
                <DialogButtons dialog=dialog.clone() submit="Save" />
            </Form>
        </Dialog>
    }
    .into_any()
}
