//! Native dialogs, opened by buttons that name them. They need no JavaScript where the browser knows
//! `command`; the `Ambient` island helps older ones.

use super::form::{Done, Form};
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// A dialog with a title and a way out.
#[component]
pub fn Dialog(#[prop(into)] id: String, #[prop(into)] title: String, children: Children) -> impl IntoView {
    let title_id = format!("{id}-title");
    view! {
        <dialog id=id class="dialog" aria-labelledby=title_id closedby="any">
            <header>
                <h2 id=title_id.clone()>{title}</h2>
                <button type="button" class="icon-button" command="close" commandfor=id.clone() aria-label="Close">
                    <Icon glyph=Glyph::Cross />
                </button>
            </header>
            {children()}
        </dialog>
    }
    .into_any()
}

/// A button that opens a dialog.
#[component]
pub fn Opens(
    #[prop(into)] dialog: String,
    #[prop(optional)] class: &'static str,
    /// Said instead of the words when these are not enough alone, e.g. "Remove account work".
    #[prop(optional, into)]
    label: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = if class.is_empty() { "button" } else { class };
    view! {
        <button type="button" class=class command="show-modal" commandfor=dialog aria-haspopup="dialog" aria-label=label>
            {children()}
        </button>
    }
    .into_any()
}

/// The buttons at the end of a dialog: out, and on.
#[component]
pub fn DialogButtons(
    #[prop(into)] dialog: String,
    #[prop(into)] submit: String,
    #[prop(optional)] danger: bool,
) -> impl IntoView {
    view! {
        <footer class="buttons">
            <button type="button" class="button plain" command="close" commandfor=dialog>
                "Cancel"
            </button>
            <button type="submit" class=if danger { "button danger" } else { "button primary" }>
                {submit}
            </button>
        </footer>
    }
    .into_any()
}

/// Asks before something is lost.
#[component]
pub fn Confirm(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    /// What happens.
    #[prop(into)]
    words: String,
    /// On the button.
    #[prop(into)]
    submit: String,
    action: &'static str,
    /// Said on the page that comes.
    #[prop(into)]
    toast: String,
    /// Hidden fields.
    children: Children,
) -> impl IntoView {
    view! {
        <Dialog id=id.clone() title>
            <Form action done=Done::Toast(toast)>
                <p>{words}</p>
                {children()}
                <DialogButtons dialog=id submit danger=true />
            </Form>
        </Dialog>
    }
    .into_any()
}
