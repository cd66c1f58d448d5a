//! The theme switch.

use super::browser;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Light, dark, or as the system has it; remembered in a cookie, so that the next page comes in it at once.
#[island]
pub fn ThemeSwitch(chosen: String) -> impl IntoView {
    let chosen = RwSignal::new(chosen);
    let choose = move |theme: &'static str| {
        chosen.set(theme.to_owned());
        browser::set_cookie("theme", theme);
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", theme);
        }
    };
    let choices = [
        ("light", "Light", Glyph::Sun),
        ("system", "As the system has it", Glyph::Screen),
        ("dark", "Dark", Glyph::Moon),
    ];
    view! {
        <div class="segmented" role="group" aria-label="Theme">
            {choices
                .map(|(theme, words, glyph)| {
                    view! {
                        <button
                            type="button"
                            title=words
                            aria-label=words
                            aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
                            on:click=move |_| choose(theme)
                        >
                            <Icon glyph />
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
