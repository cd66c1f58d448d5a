//! The table of contents: every route, its handler, and who may use it.
//!
//! A route cannot be added without saying who may use it, and nothing is public that does not say so here.
//! A test walks this table without credentials.

use crate::console::live::live;
use crate::console::{api, saver, translator, usage};
use crate::state::App;
use crate::{gate, gateway, site, status, telemetry};
use app::pages::saver_preview::FORM_LIMIT as SAMPLE_FORM_LIMIT;
use app::pages::translator::FORM_LIMIT;
use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{MethodFilter, MethodRouter, on, post};
use catalog::Also;
use http::Request;
use http::request::Parts;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::LazyLock;
use tower_http::compression::CompressionLayer;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever shows a caller key (or is waived one on this machine): the gateway's first step checks it, and
    /// answers in the caller's dialect.
    Caller,
    /// A program with a bearer.
    Program,
    /// A person with a session.
    Person,
}

/// One route.
pub struct Route {
    /// Its method.
    pub method: MethodFilter,
    /// Its path, as axum writes it.
    pub path: String,
    /// Who may use it.
    pub access: Access,
    handler: Option<MethodRouter<App>>,
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;
const ANY: MethodFilter = GET.or(POST).or(PUT).or(PATCH).or(DELETE);

fn route<H, T>(method: MethodFilter, path: &str, access: Access, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route { method, path: path.to_owned(), access, handler: Some(on(method, handler)) }
}

/// What may stand before a path of ours: tools add `/v1` to addresses that have it already, or leave it out, and Codex
/// has an address of its own.
const BASES: [&str; 5] = ["/v1", "/v1/v1", "", "/codex", "/codex/v1"];

/// Routes for coding tools and for watching over Ninerouter.
fn gateway_routes() -> Vec<Route> {
    use Access::{Caller, Public};
    let mut routes = Vec::new();
    for base in BASES {
        let at = |path: &str| format!("{base}{path}");
        routes.extend([
            route(POST, &at("/chat/completions"), Caller, gateway::chat),
            route(POST, &at("/responses"), Caller, gateway::responses),
            route(POST, &at("/messages"), Caller, gateway::messages),
            route(POST, &at("/messages/count_tokens"), Caller, gateway::count::messages),
            route(POST, &at("/responses/input_tokens"), Caller, gateway::count::responses),
            route(GET, &at("/models"), Caller, gateway::models::list),
            route(GET, &at("/models/{*id}"), Caller, gateway::models::one),
        ]);
    }
    routes.push(route(POST, "/v1/responses/compact", Caller, gateway::compact));
    routes.push(route(POST, "/v1/route", Caller, gateway::route));
    routes.push(route(GET, "/v1/saver/original/{id}", Caller, gateway::save::original));
    for also in Also::ALL {
        let path = format!("/v1/{}", also.segment());
        routes.push(route(POST, &path, Caller, gateway::also));
        routes.push(route(POST, &format!("{path}/{{*rest}}"), Caller, gateway::also));
    }
    // The newest SDK of Google's calls the same verbs under /v1. The name in braces is that of the other method.
    for base in ["/v1beta", "/v1"] {
        routes.push(route(POST, &format!("{base}/models/{{*id}}"), Caller, gateway::gemini));
    }
    routes.extend([
        route(GET, "/v1beta/models", Caller, gateway::models::list_gemini),
        route(GET, "/v1beta/models/{*id}", Caller, gateway::models::one_gemini),
        route(POST, "/api/chat", Caller, gateway::ollama),
        route(GET, "/api/tags", Caller, gateway::models::list_ollama),
        route(ANY, "/v1/{*rest}", Caller, gateway::unknown),
        // The AI SDK takes a name with a slash for a whole path (@ai-sdk/google 3.0.141).
        route(POST, "/v1beta/{*rest}", Caller, gateway::gemini),
        route(ANY, "/codex/{*rest}", Caller, gateway::unknown),
        route(GET, "/metrics", Caller, telemetry::scrape),
        route(GET, "/health", Public, status::health),
        route(GET, "/ready", Public, status::ready),
    ]);
    routes
}

/// The management API for programs.
fn program_routes() -> Vec<Route> {
    use Access::{Program, Public};
    vec![
        route(POST, "/api/v1/login", Public, api::login),
        route(GET, "/api/v1/openapi.json", Public, api::openapi),
        route(GET, "/api/v1/overview", Program, api::overview),
        route(GET, "/api/v1/usage", Program, api::usage),
        route(GET, "/api/v1/what-if", Program, api::what_if),
        route(GET, "/api/v1/prices", Program, api::prices),
        route(PUT, "/api/v1/prices", Program, api::set_price),
        route(DELETE, "/api/v1/prices", Program, api::unset_price),
        route(GET, "/api/v1/recalculation", Program, api::recalculation),
        route(POST, "/api/v1/recalculation", Program, api::recalculate),
        route(GET, "/api/v1/requests", Program, api::requests),
        route(GET, "/api/v1/requests/{id}", Program, api::request),
        route(GET, "/api/v1/providers", Program, api::providers),
        route(GET, "/api/v1/providers/{id}", Program, api::provider),
        route(PUT, "/api/v1/providers/{id}/rotation", Program, api::rotate_accounts),
        route(POST, "/api/v1/providers/{id}/models", Program, api::refresh_models),
        route(PUT, "/api/v1/providers/{id}/models", Program, api::switch_models),
        route(PUT, "/api/v1/providers/{id}/opt-in", Program, api::opt_in),
        route(POST, "/api/v1/sign-ins", Program, api::begin_sign_in),
        route(GET, "/api/v1/sign-ins/{id}", Program, api::sign_in),
        route(DELETE, "/api/v1/sign-ins/{id}", Program, api::cancel_sign_in),
        route(POST, "/api/v1/sign-ins/{id}/paste", Program, api::paste_sign_in),
        route(GET, "/api/v1/quota", Program, api::quota),
        route(GET, "/api/v1/alerts", Program, api::alerts),
        route(DELETE, "/api/v1/alerts/{id}", Program, api::dismiss_alert),
        route(GET, "/api/v1/accounts", Program, api::accounts),
        route(POST, "/api/v1/accounts", Program, api::add_account),
        route(PATCH, "/api/v1/accounts/{id}", Program, api::change_account),
        route(DELETE, "/api/v1/accounts/{id}", Program, api::remove_account),
        route(POST, "/api/v1/accounts/{id}/test", Program, api::test_account),
        route(POST, "/api/v1/accounts/{id}/unpark", Program, api::unpark_account),
        route(GET, "/api/v1/endpoints", Program, api::endpoints),
        route(POST, "/api/v1/endpoints", Program, api::add_endpoint),
        route(PUT, "/api/v1/endpoints/{id}", Program, api::change_endpoint),
        route(DELETE, "/api/v1/endpoints/{id}", Program, api::remove_endpoint),
        route(GET, "/api/v1/keys", Program, api::keys),
        route(POST, "/api/v1/keys", Program, api::create_key),
        route(PATCH, "/api/v1/keys/{id}", Program, api::rename_key),
        route(DELETE, "/api/v1/keys/{id}", Program, api::revoke_key),
        route(GET, "/api/v1/combos", Program, api::combos),
        route(POST, "/api/v1/combos", Program, api::add_combo),
        route(PUT, "/api/v1/combos/{name}", Program, api::change_combo),
        route(DELETE, "/api/v1/combos/{name}", Program, api::remove_combo),
        route(POST, "/api/v1/route", Program, api::route),
        route(POST, "/api/v1/try", Program, api::try_model),
        route(GET, "/api/v1/aliases", Program, api::aliases),
        route(POST, "/api/v1/aliases", Program, api::add_alias),
        route(PUT, "/api/v1/aliases/{name}", Program, api::change_alias),
        route(DELETE, "/api/v1/aliases/{name}", Program, api::remove_alias),
        route(GET, "/api/v1/saver", Program, api::saver),
        route(PUT, "/api/v1/saver/level", Program, api::save_saver_level),
        route(PUT, "/api/v1/saver/filters/{name}", Program, api::switch_filter),
        route(PUT, "/api/v1/saver/keys/{id}", Program, api::save_key_saver),
        route(GET, "/api/v1/settings", Program, api::settings),
        route(PUT, "/api/v1/settings/policy", Program, api::save_policy),
        route(GET, "/api/v1/settings/alerts", Program, api::alert_settings),
        route(PATCH, "/api/v1/settings/alerts", Program, api::save_alert_settings),
        route(POST, "/api/v1/settings/alerts/test", Program, api::test_alert),
        route(POST, "/api/v1/translate", Program, api::translate.layer(DefaultBodyLimit::max(FORM_LIMIT))),
        route(POST, "/api/v1/password", Program, api::change_password),
        route(DELETE, "/api/v1/sessions", Program, api::sign_out_everywhere),
        route(ANY, "/api/v1/{*rest}", Program, api::unknown),
    ]
}

/// Who may use an address of the management API. Those that are public name no thing, so they are compared as they
/// stand.
pub fn program_access(path: &str) -> Access {
    static PUBLIC: LazyLock<Vec<String>> = LazyLock::new(|| {
        let public = program_routes().into_iter().filter(|route| route.access == Access::Public);
        public.map(|route| route.path).collect()
    });
    if PUBLIC.iter().any(|public| public == path) { Access::Public } else { Access::Program }
}

/// Files of the site: the same for everyone, and nobody's secret.
fn site_routes() -> Vec<Route> {
    use Access::Public;
    vec![
        route(GET, "/pkg/{*file}", Public, site::file),
        route(GET, "/style/{*file}", Public, site::file),
        route(GET, "/favicon.svg", Public, site::file),
        route(GET, "/robots.txt", Public, site::file),
    ]
}

/// Pages and server functions that a stranger may use; all others want a session.
///
/// A vendor's page may lead back to another name of this machine than the one the session belongs to: what is brought
/// back shows who began.
const OPEN_TO_STRANGERS: [&str; 6] =
    ["/login", "/setup", "/callback", "/console/visitor", "/console/log_in", "/console/set_up"];

/// The pages that are posted to: they show what became of a text.
const TRANSLATOR: &str = "/translator";
const SAVER: &str = "/saver";

/// Who may use a page or server function.
pub fn page_access(path: &str) -> Access {
    if OPEN_TO_STRANGERS.contains(&path) { Access::Public } else { Access::Person }
}

/// Pages and server functions. Leptos makes their handlers.
fn page_routes() -> Vec<Route> {
    let pages = generate_route_list(app::App).into_iter().map(|page| (GET, page.path().to_owned()));
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| (POST, path.to_owned()));
    pages
        .chain(functions)
        .map(|(method, path)| Route { method, access: page_access(&path), path, handler: None })
        .chain([TRANSLATOR, SAVER].map(|path| Route {
            method: POST,
            path: path.to_owned(),
            access: Access::Person,
            handler: None,
        }))
        .chain(person_routes())
        .collect()
}

/// What people's browsers fetch beside pages.
fn person_routes() -> Vec<Route> {
    use Access::Person;
    vec![
        route(GET, "/console/live", Person, live),
        route(GET, "/usage/export.csv", Person, usage::csv),
        route(GET, "/usage/export.json", Person, usage::json),
    ]
}

/// Every route there is.
pub fn table() -> Vec<Route> {
    [gateway_routes(), program_routes(), site_routes(), page_routes()].into_iter().flatten().collect()
}

fn routed(routes: Vec<Route>) -> Router<App> {
    routes
        .into_iter()
        .filter_map(|route| Some((route.path, route.handler?)))
        .fold(Router::new(), |router, (path, handler)| router.route(&path, handler))
}

/// The whole router.
pub fn router(app: &App) -> Router {
    // Two routers so that a coding tool's request passes no layer of the dashboard's.
    let gateway =
        routed(gateway_routes()).method_not_allowed_fallback(gateway::unknown).with_state(App::clone(app));
    gateway.merge(dashboard(app))
}

fn dashboard(app: &App) -> Router {
    let programs = routed(program_routes())
        .method_not_allowed_fallback(api::unknown)
        .layer(from_fn_with_state(App::clone(app), gate::program))
        .with_state(App::clone(app));

    let options = LeptosOptions::builder().output_name("app").site_pkg_dir("pkg").build();
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let render = leptos_axum::render_app_async_with_context(gate::provide_console, shell.clone());
    let render_too = render.clone();
    let translated = move |mut parts: Parts, form| {
        parts.extensions.insert(translator::submitted(form));
        render(Request::from_parts(parts, Body::empty()))
    };
    let shortened = move |mut parts: Parts, form| {
        parts.extensions.insert(saver::submitted(form));
        render_too(Request::from_parts(parts, Body::empty()))
    };
    let pages = Router::<LeptosOptions>::new()
        .leptos_routes_with_context(
            &options,
            generate_route_list(app::App),
            gate::provide_console,
            shell.clone(),
        )
        .route(TRANSLATOR, post(translated).layer(DefaultBodyLimit::max(FORM_LIMIT)))
        .route(SAVER, post(shortened).layer(DefaultBodyLimit::max(SAMPLE_FORM_LIMIT)))
        .fallback(leptos_axum::render_app_async_with_context(gate::provide_console, shell))
        .with_state(options);
    let people = pages
        .merge(routed(person_routes()).with_state(App::clone(app)))
        .layer(from_fn_with_state(App::clone(app), gate::person))
        .layer(gate::sessions(app))
        .layer(CompressionLayer::new());

    routed(site_routes())
        .with_state(App::clone(app))
        .merge(programs)
        .merge(people)
        .layer(map_response(gate::guard))
}
