//! The command palette: jumps to a page, a provider, or a request.

use super::frame::PLACES;
use super::icon::{Glyph, Icon};
use super::mark::ProviderMark;
use crate::api::providers::ProviderRow;
use leptos::prelude::*;

/// Pages beside those of the navigation.
const BESIDE: [(&str, &str, Glyph); 1] = [("/what-if", "What-if", Glyph::Chart)];

/// A dialog that the `Ambient` island opens on Ctrl-K and filters; without JavaScript its field searches
/// the requests.
#[component]
pub fn Palette(connected: Vec<ProviderRow>) -> impl IntoView {
    let pages = PLACES.into_iter().flatten().map(|&(_, href, name, glyph)| (href, name, glyph));
    let pages = pages.chain(BESIDE).map(|(href, name, glyph)| {
        view! {
            <li data-search=name.to_lowercase()>
                <a href=href>
                    <Icon glyph />
                    <span>{name}</span>
                    <span class="faint">"page"</span>
                </a>
            </li>
        }
    });
    let providers = connected.into_iter().map(|provider| {
        view! {
            <li data-search=format!("{} {}", provider.name, provider.id).to_lowercase()>
                <a href=format!("/providers/{}", provider.id)>
                    <ProviderMark id=provider.id.clone() name=provider.name.clone() />
                    <span>{provider.name.clone()}</span>
                    <span class="faint">"provider"</span>
                </a>
            </li>
        }
    });
    view! {
        <dialog id="palette" class="palette" aria-label="Go to" closedby="any">
            <form method="get" action="/requests" role="search">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    name="search"
                    placeholder="Go to a page or provider, or search the requests"
                    aria-label="Go to"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=true
                    data-filters="palette-list"
                />
                <kbd>"Esc"</kbd>
            </form>
            <ul id="palette-list">
                {pages.collect_view()}
                {providers.collect_view()}
            </ul>
            <p class="palette-foot faint">
                "Enter opens the first. With no match it searches the requests for what you typed."
            </p>
        </dialog>
    }
    .into_any()
}
