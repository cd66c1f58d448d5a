//! The pages and server functions over a fake console, as the server mounts them.

use super::Fake;
use app::App;
use app::api::Console;
use app::api::saver::Sample;
use app::api::translator::Asking;
use app::pages::saver_preview;
use app::pages::translator::Submitted;
use app::parts::reader::FixedNow;
use axum::Form;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Parts;
use axum::routing::post;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::Arc;

/// The dashboard with this console behind it. `pick` chooses the console for a request.
pub fn site(pick: impl Fn(&http::request::Parts) -> (Fake, bool) + Clone + Send + Sync + 'static) -> Router {
    let options =
        LeptosOptions::builder().output_name("app").site_root("target/site").site_pkg_dir("pkg").build();
    let context = move || {
        let parts = leptos::prelude::use_context::<http::request::Parts>();
        let Some(parts) = parts else { return };
        let (fake, fixed) = pick(&parts);
        provide_context::<Arc<dyn Console>>(Arc::new(fake));
        if fixed {
            provide_context(FixedNow(fake.now));
        }
    };
    let missing = {
        let (options, context) = (options.clone(), context.clone());
        move |request: Request<Body>| {
            let options = options.clone();
            let render = leptos_axum::render_app_async_with_context(context.clone(), move || {
                app::shell(options.clone())
            });
            render(request)
        }
    };
    let render = leptos_axum::render_app_async_with_context(context.clone(), {
        let options = options.clone();
        move || app::shell(options.clone())
    });
    let render_too = render.clone();
    let shortened = move |mut parts: Parts, Form(sample): Form<Sample>| {
        parts.extensions.insert(saver_preview::Submitted(Ok(sample)));
        render_too(Request::from_parts(parts, Body::empty()))
    };
    let posted = move |mut parts: Parts, Form(asking): Form<Asking>| {
        parts.extensions.insert(Submitted(Ok(asking)));
        render(Request::from_parts(parts, Body::empty()))
    };
    Router::new()
        .route("/translator", post(posted))
        .route("/saver", post(shortened))
        .leptos_routes_with_context(&options, generate_route_list(App), context, {
            let options = options.clone();
            move || app::shell(options.clone())
        })
        .fallback(missing)
        .with_state(options)
}
