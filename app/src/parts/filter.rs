//! Filters that live in the address: what is chosen, what is filtered by, and what of it made no sense.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// One of several, or any. `options`: values and their names.
#[component]
pub fn Choice(
    name: &'static str,
    all: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    // A choice in the address that is not offered is still shown, so that it can be seen and taken back.
    let stray = !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen);
    let options = stray.then(|| (chosen.clone(), chosen.clone())).into_iter().chain(options);
    let options = options.map(|(value, words)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {words}
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

/// Values that are their own names.
pub fn named_so(values: Vec<String>) -> Vec<(String, String)> {
    values.into_iter().map(|value| (value.clone(), value)).collect()
}

/// What a form does not show and the address has all the same. Empty values are left out.
#[component]
pub fn Kept(pairs: Vec<(&'static str, String)>) -> impl IntoView {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    pairs.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}

/// What is filtered by: what it is called, its value, and the address without it. Empty values are left out. `clear`: the
/// address without any of them.
#[component]
pub fn Chips(chips: Vec<(&'static str, String, String)>, clear: String) -> impl IntoView {
    let chips: Vec<_> = chips
        .into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(name, value, href)| {
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
        .collect();
    let many = chips.len() > 1;
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label="Filters">
                {chips}
                {many.then(|| view! { <li><a href=clear>"Clear all"</a></li> })}
            </ul>
        }
    })
}

/// What of the address made no sense, and what was taken for it.
#[component]
pub fn Notes(notes: Vec<String>) -> impl IntoView {
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
