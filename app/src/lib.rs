//! Every dashboard page and the contract pages have with the server. See README.md.

#![recursion_limit = "256"]
#![expect(missing_docs, reason = "the macros of Leptos make public items that nothing can document")]

pub mod api;
#[cfg(feature = "ssr")]
pub mod charts;
pub mod pages;
pub mod parts;
#[cfg(feature = "ssr")]
pub mod shell;

#[cfg(feature = "ssr")]
pub use shell::shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The dashboard: which address shows which page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let whole = || SsrMode::Async;
    view! {
        <Router>
            <Routes fallback=pages::missing::Missing>
                <Route path=path!("/setup") view=pages::login::SetUp ssr=whole() />
                <Route path=path!("/login") view=pages::login::Login ssr=whole() />
                <Route path=path!("/") view=pages::overview::Overview ssr=whole() />
                <Route path=path!("/requests") view=pages::requests::Requests ssr=whole() />
                <Route path=path!("/requests/:id") view=pages::request::Request ssr=whole() />
                <Route path=path!("/usage") view=pages::usage::Usage ssr=whole() />
                <Route path=path!("/what-if") view=pages::what_if::WhatIf ssr=whole() />
                <Route path=path!("/prices") view=pages::prices::Prices ssr=whole() />
                <Route path=path!("/providers") view=pages::providers::Providers ssr=whole() />
                <Route path=path!("/providers/:id") view=pages::provider::Provider ssr=whole() />
                <Route path=path!("/sign-in/:id") view=pages::sign_in::SignInPage ssr=whole() />
                <Route path=path!("/callback") view=pages::sign_in::CameBack ssr=whole() />
                <Route path=path!("/combos") view=pages::combos::Combos ssr=whole() />
                <Route path=path!("/combos/edit") view=pages::combo_edit::ComboEdit ssr=whole() />
                <Route path=path!("/connect") view=pages::connect::Connect ssr=whole() />
                <Route path=path!("/translator") view=pages::translator::Translator ssr=whole() />
                <Route path=path!("/quota") view=pages::quota::Quota ssr=whole() />
                <Route path=path!("/saver") view=pages::saver::Saver ssr=whole() />
                <Route path=path!("/settings") view=pages::settings::Settings ssr=whole() />
            </Routes>
        </Router>
    }
    .into_any()
}
