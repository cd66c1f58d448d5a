//! Other names for models: a part of the Combos page.

use crate::api::combos::Alias;
use crate::parts::dialog::{Confirm, Dialog, DialogButtons, Opens};
use crate::parts::field::{Field, Hidden};
use crate::parts::form::{Done, Form};
use crate::parts::icon::{Glyph, Icon};
use leptos::prelude::*;

/// The aliases, and a form for another one. `model`: what it is to stand for, where that is known already.
#[component]
pub fn Aliases(aliases: Vec<Alias>, choices: Vec<String>, model: String) -> impl IntoView {
    let begun = !model.is_empty();
    let lines = aliases.into_iter().enumerate().map(|(number, alias)| view! { <Line number alias /> });
    view! {
        <section class="card" aria-labelledby="aliases">
            <header>
                <h2 id="aliases">"Aliases"</h2>
                <span class="faint">"another name for one model"</span>
            </header>
            <ul class="lines aliases">{lines.collect_view()}</ul>
            <Form action="save_alias" class="row-form even" done=Done::Toast("The alias was added.".to_owned())>
                <Field
                    id="alias-name"
                    name="name"
                    label="Name"
                    mono=true
                    required=true
                    autofocus=begun
                    placeholder="gpt-5"
                    help="What your tool asks for."
                />
                <Field
                    id="alias-model"
                    name="model"
                    label="Stands for"
                    mono=true
                    required=true
                    list="choices"
                    value=model
                    placeholder="provider/model"
                />
                <div class="row-end">
                    <button type="submit" class="button">
                        "Add the alias"
                    </button>
                </div>
            </Form>
            <Choices choices />
        </section>
    }
    .into_any()
}

/// What a field with the list `choices` offers.
#[component]
pub fn Choices(choices: Vec<String>) -> impl IntoView {
    view! {
        <datalist id="choices">
            {choices.into_iter().map(|choice| view! { <option value=choice></option> }).collect_view()}
        </datalist>
    }
    .into_any()
}

#[component]
fn Line(number: usize, alias: Alias) -> impl IntoView {
    let Alias { name, model } = alias;
    let [change, remove] = ["Change", "Remove"].map(|verb| format!("{verb} the alias {name}"));
    let (changed, removed) = (name.clone(), name.clone());
    let ask = format!("Remove {name}?");
    let (changes, removes) = (format!("change-alias-{number}"), format!("remove-alias-{number}"));
    view! {
        <li>
            <p class="alias grow">
                <code>{name.clone()}</code>
                <Icon glyph=Glyph::Right />
                <span class="visually-hidden">"stands for"</span>
                <code>{model.clone()}</code>
            </p>
            <span class="buttons">
                <Opens dialog=changes.clone() class="button small" label=change>
                    <Icon glyph=Glyph::Pencil />
                    "Change"
                </Opens>
                <Opens dialog=removes.clone() class="button small danger-plain" label=remove>
                    <Icon glyph=Glyph::Bin />
                    "Remove"
                </Opens>
            </span>
            <Dialog id=changes.clone() title=format!("Change {name}")>
                <Form action="save_alias" class="stack" done=Done::Toast("The alias was changed.".to_owned())>
                    <Hidden name="replaces" value=changed.clone() />
                    <Field
                        id=format!("alias-name-{number}")
                        name="name"
                        label="Name"
                        mono=true
                        required=true
                        value=changed.clone()
                    />
                    <Field
                        id=format!("alias-model-{number}")
                        name="model"
                        label="Stands for"
                        mono=true
                        required=true
                        list="choices"
                        value=model.clone()
                    />
                    <DialogButtons dialog=changes.clone() submit="Save" />
                </Form>
            </Dialog>
            <Confirm
                id=removes
                title=ask
                words="The name becomes unknown: tools that ask for it get an error."
                submit="Remove the alias"
                action="remove_alias"
                toast="The alias was removed."
            >
                <Hidden name="name" value=removed />
            </Confirm>
        </li>
    }
    .into_any()
}
