//! The document around every page, and the headers that guard it.

use crate::App;
use crate::parts::reader;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use leptos::config::LeptosOptions;
use leptos::hydration::HydrationScripts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

/// The stylesheets, in the order of their layers. See style/README.md.
pub const STYLES: [&str; 15] = [
    "/style/tokens.css",
    "/style/base.css",
    "/style/frame.css",
    "/style/controls.css",
    "/style/parts.css",
    "/style/panels.css",
    "/style/traffic.css",
    "/style/pages.css",
    "/style/combos.css",
    "/style/saver.css",
    "/style/sign_in.css",
    "/style/quota.css",
    "/style/usage.css",
    "/style/payload.css",
    "/style/what_if.css",
];

/// The whole document. `options` says where the wasm lives.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    guard();
    let theme = reader::theme();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {STYLES.map(|href| view! { <link rel="stylesheet" href=href /> }).collect_view()}
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
    .into_any()
}

/// Sets the headers of a page. Nothing on it may come from, go to, or be framed by another origin.
fn guard() {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let nonce = use_nonce().map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'self'; object-src 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    // A form that is posted without JavaScript finds its way back through the referrer.
    response.insert_header(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response.insert_header(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
