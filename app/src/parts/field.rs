//! Fields of forms: a label, the control, a line of help, a line for what is wrong.

use leptos::prelude::*;

/// A line of text, a number, or a secret.
#[component]
pub fn Field(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] kind: &'static str,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// For identifiers, keys and addresses.
    #[prop(optional)]
    mono: bool,
    #[prop(optional)] min: Option<&'static str>,
    #[prop(optional)] max: Option<&'static str>,
    #[prop(optional)] step: Option<&'static str>,
    #[prop(optional)] minlength: Option<&'static str>,
    /// The id of a `datalist` to choose from.
    #[prop(optional)]
    list: Option<&'static str>,
    /// Stands after the control, e.g. "seconds".
    #[prop(optional)]
    unit: &'static str,
) -> impl IntoView {
    let kind = if kind.is_empty() { "text" } else { kind };
    let describes = format!("{id}-help {id}-error");
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let spelled = mono || kind == "password";
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="control">
                <input
                    id=id.clone()
                    name=name
                    type=kind
                    class:mono=mono
                    value=filled(&value)
                    placeholder=filled(&placeholder)
                    autocomplete=if autocomplete.is_empty() { "off" } else { autocomplete }
                    autocapitalize=spelled.then_some("off")
                    spellcheck=if spelled { "false" } else { "true" }
                    required=required
                    autofocus=autofocus
                    min=min
                    max=max
                    step=step
                    minlength=minlength
                    list=list
                    aria-describedby=describes
                />
                {filled(unit).map(|unit| view! { <span class="unit">{unit}</span> })}
            </div>
            <Below id help />
        </div>
    }
    .into_any()
}

/// The help and the error line below a control.
#[component]
pub fn Below(#[prop(into)] id: String, #[prop(into)] help: String) -> impl IntoView {
    let shown = !help.is_empty();
    view! {
        {shown.then(|| view! { <p class="help" id=format!("{id}-help")>{help}</p> })}
        <p class="field-error" id=format!("{id}-error") aria-live="polite"></p>
    }
    .into_any()
}

/// One of a few.
#[component]
pub fn Select(
    #[prop(into)] id: String,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(optional, into)] chosen: String,
    /// Fills the choice into every element that waits for it under this name.
    #[prop(optional)]
    fills: Option<&'static str>,
    /// The id of something else that says more about the choice.
    #[prop(optional)]
    describes: &'static str,
) -> impl IntoView {
    let describes = format!("{describes} {id}-help {id}-error").trim_start().to_owned();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="control">
                <select id=id.clone() name=name aria-describedby=describes data-fills=fills>
                    {options
                        .into_iter()
                        .map(|(value, words)| {
                            let selected = value == chosen;
                            view! {
                                <option value=value selected=selected>
                                    {words}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </div>
            <Below id help />
        </div>
    }
    .into_any()
}

/// Yes or no, as part of a form.
#[component]
pub fn Tick(
    #[prop(into)] id: String,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] ticked: bool,
    #[prop(optional)] locked: bool,
) -> impl IntoView {
    let describes = format!("{id}-help {id}-error");
    view! {
        <div class="field tick">
            <input
                type="checkbox"
                id=id.clone()
                name=name
                value="true"
                checked=ticked
                disabled=locked
                aria-describedby=describes
            />
            // A disabled control is not sent, so what is locked on is sent beside it.
            {(locked && ticked).then(|| view! { <input type="hidden" name=name value="true" /> })}
            <label for=id.clone()>{label}</label>
            <Below id help />
        </div>
    }
    .into_any()
}

/// A value the person does not see.
#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// A text as it must stand between the tags of a `textarea`, whose children Leptos writes as they are. The newline in
/// front is the one that browsers leave out.
pub fn inside_textarea(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// Several lines of text.
#[component]
pub fn LongField(
    #[prop(into)] id: String,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] placeholder: String,
) -> impl IntoView {
    let describes = format!("{id}-help {id}-error");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=name
                rows="3"
                class="mono"
                spellcheck="false"
                placeholder=placeholder
                aria-describedby=describes
            >
                {inside_textarea(&value)}
            </textarea>
            <Below id help />
        </div>
    }
    .into_any()
}
