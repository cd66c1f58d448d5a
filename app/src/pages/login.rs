//! Sign-in and first-run set-up.

use crate::api::login::{Visitor, load_visitor};
use crate::parts::ambient::Ambient;
use crate::parts::field::{Field, Hidden};
use crate::parts::form::Form;
use crate::parts::frame::Brand;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Sign-in.
#[component]
pub fn Login() -> impl IntoView {
    Suspend::new(async move {
        let new = load_visitor().await == Ok(Visitor::SetUpNeeded);
        let words = if new {
            "This installation has no person yet. Open the set-up link that Ninerouter printed on its console."
        } else {
            "Your router for coding tools."
        };
        view! {
            <Card title="Sign in" words>
                <Form action="log_in" class="stack" alone=true>
                    <Field
                        id="name"
                        name="name"
                        label="Name"
                        autocomplete="username"
                        required=true
                        autofocus=true
                        help=if new { "" } else { "The first person is called admin, unless you chose another name." }
                    />
                    <Field
                        id="password"
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                    />
                    <button type="submit" class="button primary full">
                        "Sign in"
                    </button>
                </Form>
            </Card>
        }
    })
}

/// First-run set-up, opened by the link on the console.
#[component]
pub fn SetUp() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    Suspend::new(async move {
        let done = !matches!(load_visitor().await, Ok(Visitor::SetUpNeeded) | Err(_));
        if done {
            view! {
                <Card title="Already set up" words="A person exists, so this link has done its work.">
                    <a class="button primary full" href="/login">
                        "Sign in"
                    </a>
                </Card>
            }
            .into_any()
        } else if token.is_empty() {
            view! {
                <Card
                    title="Set up Ninerouter"
                    words="Open the set-up link that Ninerouter printed on its console when it started. It holds \
                           a token that shows that this machine is yours."
                >
                    <p class="help">
                        "It looks like " <code>"http://127.0.0.1:20128/setup?token=…"</code> ". Restart Ninerouter to print it again."
                    </p>
                </Card>
            }
            .into_any()
        } else {
            view! {
                <Card
                    title="Set up Ninerouter"
                    words="Choose the name and password you will sign in with. Nothing leaves this machine."
                >
                    <Form action="set_up" class="stack" alone=true>
                        <Hidden name="token" value=token />
                        <Field
                            id="name"
                            name="name"
                            label="Name"
                            autocomplete="username"
                            required=true
                            autofocus=true
                        />
                        <Field
                            id="password"
                            name="password"
                            label="Password"
                            kind="password"
                            autocomplete="new-password"
                            minlength="8"
                            required=true
                            help="At least 8 characters. A few unrelated words are good."
                        />
                        <button type="submit" class="button primary full">
                            "Create and open the overview"
                        </button>
                    </Form>
                </Card>
            }
            .into_any()
        }
    })
}

/// A card in the middle of an otherwise empty page.
#[component]
pub fn Card(title: &'static str, #[prop(into)] words: String, children: Children) -> impl IntoView {
    view! {
        <Title text=format!("{title} · Ninerouter") />
        <main class="alone">
            <p class="brand">
                <Brand />
            </p>
            <section class="card">
                <h1>{title}</h1>
                <p class="soft">{words}</p>
                {children()}
            </section>
        </main>
        <div id="toasts" role="status" aria-live="polite"></div>
        <Ambient />
    }
    .into_any()
}
