//! Things to copy. The `Ambient` island does the copying: a button names the element whose text it copies.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// A button that copies the text of an element.
#[component]
pub fn CopyButton(
    /// The id of the element.
    #[prop(into)]
    from: String,
    /// What is copied, for those who hear the page.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <button type="button" class="button small copy" data-copies=from aria-label=format!("Copy {what}")>
            <Icon glyph=Glyph::Copy />
            <span>"Copy"</span>
        </button>
    }
    .into_any()
}

/// A short text with its copy button.
#[component]
pub fn CopyField(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(into)] text: String,
    #[prop(optional, into)] help: String,
    /// Waits to be filled under this name, e.g. with a new key.
    #[prop(optional)]
    filled: Option<&'static str>,
) -> impl IntoView {
    let help = (!help.is_empty()).then_some(help);
    view! {
        <div class="copy-field">
            <span class="copy-label">{label.clone()}</span>
            <div class="copy-row">
                <code id=id.clone() data-filled=filled>
                    {text}
                </code>
                <CopyButton from=id what=label />
            </div>
            {help.map(|help| view! { <p class="help">{help}</p> })}
        </div>
    }
    .into_any()
}

/// Lines of code with a copy button, under the name of the file they belong in.
#[component]
pub fn CodeBlock(#[prop(into)] id: String, #[prop(into)] title: String, code: AnyView) -> impl IntoView {
    view! {
        <figure class="code">
            <figcaption>
                <span class="mono">{title.clone()}</span>
                <CopyButton from=id.clone() what=title />
            </figcaption>
            <pre tabindex="0"><code id=id>{code}</code></pre>
        </figure>
    }
    .into_any()
}
