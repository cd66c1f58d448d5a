//! Custom endpoints: a dialog for a new one, and a part of the page of one that there is.

use crate::api::providers::{ProviderDetail, SpeaksRow};
use crate::parts::dialog::{Confirm, Dialog, DialogButtons, Opens};
use crate::parts::field::{Field, Hidden, LongField, Select, Tick};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::icon::{Glyph, Icon};
use leptos::prelude::*;

/// The dialog for an endpoint that is not in the catalogue.
#[component]
pub fn EndpointDialog() -> impl IntoView {
    view! {
        <Dialog id="new-endpoint" title="Add a custom endpoint">
            <p class="soft">"A server of your own, or any vendor that speaks one of these formats."</p>
            <Form action="add_endpoint" class="stack" done=Done::Toast("The endpoint was added. Add an account to use it.".to_owned())>
                <Field id="endpoint-name" name="name" label="Name" required=true placeholder="My server" />
                <Field
                    id="endpoint-prefix"
                    name="prefix"
                    label="Prefix"
                    required=true
                    mono=true
                    placeholder="mine"
                    help="Stands before the slash when a tool asks for a model, as in mine/llama-3."
                />
                <EndpointFields id="endpoint" dialect="" url="" models="" private_network=false />
                <DialogButtons dialog="new-endpoint" submit="Add the endpoint" />
            </Form>
        </Dialog>
    }
    .into_any()
}

/// The fields that adding and changing an endpoint share.
#[component]
fn EndpointFields(
    id: &'static str,
    #[prop(into)] dialect: String,
    #[prop(into)] url: String,
    #[prop(into)] models: String,
    private_network: bool,
) -> impl IntoView {
    let dialects = format::DIALECTS.map(|name| (name.to_owned(), format::dialect(name).to_owned())).to_vec();
    view! {
        <Select id=format!("{id}-dialect") name="dialect" label="Format" options=dialects chosen=dialect />
        <Field
            id=format!("{id}-url")
            name="base_url"
            label="Base address"
            kind="url"
            mono=true
            required=true
            value=url
            placeholder="https://llm.example.com/v1"
            help="Up to and with the version, without the last part of the path."
        />
        <Tick
            id=format!("{id}-private")
            name="private_network"
            label="It is on my own network"
            ticked=private_network
            help="Only then may the address lead to this machine or to a private network."
        />
        <LongField
            id=format!("{id}-models")
            name="models"
            label="Models"
            value=models
            placeholder="llama-3.3-70b, qwen3-coder"
            help="Separated by commas or lines. Those that it lists itself are found; any other is passed on as well."
        />
    }
    .into_any()
}

/// The base address of a custom endpoint, from the address of what it speaks.
fn base_address(speaks: &[SpeaksRow]) -> (String, String) {
    let Some(first) = speaks.first() else { return (String::new(), String::new()) };
    let last = match first.dialect.as_str() {
        "responses" => "/responses",
        "messages" => "/messages",
        "gemini" => "/models",
        "ollama" => "/api/chat",
        _ => "/chat/completions",
    };
    (first.dialect.clone(), first.url.strip_suffix(last).unwrap_or(&first.url).to_owned())
}

/// What can be done with an endpoint that a person made.
#[component]
pub fn Endpoint(page: ProviderDetail) -> impl IntoView {
    let (dialect, url) = base_address(&page.speaks);
    let row = page.row;
    let (id, removed) = (row.id.clone(), row.id.clone());
    // What it lists itself was not typed by anybody.
    let typed = page.models.iter().filter(|model| !model.found);
    let models: Vec<_> = typed.map(|model| model.id.clone()).collect();
    view! {
        <section class="card" aria-labelledby="endpoint">
            <h2 id="endpoint">"This endpoint"</h2>
            <p class="soft">"You made this endpoint yourself."</p>
            <p class="buttons">
                <Opens dialog="change-endpoint">
                    <Icon glyph=Glyph::Pencil />
                    "Change"
                </Opens>
                <Opens dialog="remove-endpoint" class="button danger-plain">
                    <Icon glyph=Glyph::Bin />
                    "Remove"
                </Opens>
            </p>
        </section>
        <Dialog id="change-endpoint" title="Change the endpoint">
            <Form action="change_endpoint" class="stack" done=Done::Toast("The endpoint was changed.".to_owned())>
                <Hidden name="id" value=id.clone() />
                <Field id="change-name" name="name" label="Name" required=true value=row.name.clone() />
                <EndpointFields
                    id="change"
                    dialect=dialect
                    url=url
                    models=models.join(", ")
                    private_network=page.private_network
                />
                <DialogButtons dialog="change-endpoint" submit="Save" />
            </Form>
        </Dialog>
        <Confirm
            id="remove-endpoint"
            title="Remove this endpoint?"
            words="The endpoint and its accounts are removed. Its past requests stay in the list."
            submit="Remove the endpoint"
            action="remove_endpoint"
            toast="The endpoint was removed."
        >
            <Hidden name="id" value=removed />
        </Confirm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_address_leaves_out_the_last_part() {
        let speaks =
            |dialect: &str, url: &str| [SpeaksRow { dialect: dialect.to_owned(), url: url.to_owned() }];
        let base = base_address(&speaks("chat", "http://10.0.0.2:8000/v1/chat/completions"));
        assert_eq!(base, ("chat".to_owned(), "http://10.0.0.2:8000/v1".to_owned()));
        let base = base_address(&speaks("messages", "https://llm.example.com/v1/messages"));
        assert_eq!(base, ("messages".to_owned(), "https://llm.example.com/v1".to_owned()));
        let base = base_address(&speaks("chat", "https://llm.example.com/v1"));
        assert_eq!(base.1, "https://llm.example.com/v1");
    }
}
