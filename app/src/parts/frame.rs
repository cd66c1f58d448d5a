//! The frame around every page of a person who is signed in: navigation, top bar, and the page itself.

use super::ambient::Ambient;
use super::form::{Form, refusal};
use super::icon::{Glyph, Icon};
use super::palette::Palette;
use super::reader;
use super::state::Broken;
use super::theme::ThemeSwitch;
use crate::api::Problem;
use crate::api::login::{Visitor, load_visitor};
use crate::api::providers::{Health, ProviderRow, load_providers};
use leptos::prelude::*;
use leptos_meta::Title;

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Overview,
    Requests,
    Usage,
    Prices,
    Providers,
    Combos,
    Quota,
    Saver,
    Connect,
    Translator,
    Settings,
    Nowhere,
}

/// The navigation, in groups: what happened, what answers, what asks, and the rest.
pub const PLACES: [&[(Place, &str, &str, Glyph)]; 4] = [
    &[
        (Place::Overview, "/", "Overview", Glyph::Overview),
        (Place::Requests, "/requests", "Requests", Glyph::Requests),
        (Place::Usage, "/usage", "Usage", Glyph::Chart),
        (Place::Prices, "/prices", "Prices", Glyph::Tag),
    ],
    &[
        (Place::Providers, "/providers", "Providers", Glyph::Providers),
        (Place::Combos, "/combos", "Combos", Glyph::Combos),
        (Place::Quota, "/quota", "Quota", Glyph::Gauge),
        (Place::Saver, "/saver", "Saver", Glyph::Saver),
    ],
    &[
        (Place::Connect, "/connect", "Connect", Glyph::Connect),
        (Place::Translator, "/translator", "Translator", Glyph::Translator),
    ],
    &[(Place::Settings, "/settings", "Settings", Glyph::Settings)],
];

/// A page that needs data: awaits it on the server, and shows what went wrong when it cannot be had.
pub fn framed<T: Send + 'static>(
    at: Place,
    title: impl Fn(&T) -> String + Send + 'static,
    data: impl Future<Output = Result<T, Problem>> + Send + 'static,
    show: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView {
    Suspend::new(async move {
        match data.await {
            Ok(data) => {
                let title = title(&data);
                view! { <Frame at title>{show(data)}</Frame> }.into_any()
            }
            Err(problem) => view! {
                <Frame at title="Something is wrong">
                    <Broken problem />
                </Frame>
            }
            .into_any(),
        }
    })
    .into_any()
}

/// The frame.
#[component]
pub fn Frame(at: Place, #[prop(into)] title: String, children: Children) -> impl IntoView {
    let refused = refusal();
    view! {
        <Title text=format!("{title} · Ninerouter") />
        <a class="skip" href="#content">
            "Skip to the page"
        </a>
        <div class="frame">
            <Side at />
            <header class="top">
                <h1>{title}</h1>
                <div class="top-end">
                    {Suspend::new(async move {
                        let visitor = load_visitor().await;
                        let connected = load_providers().await.map(|page| page.connected).unwrap_or_default();
                        let name = match visitor {
                            Ok(Visitor::Person { name }) => name,
                            _ => String::new(),
                        };
                        view! {
                            <HealthWords connected=connected.clone() />
                            <button
                                type="button"
                                class="icon-button"
                                command="show-modal"
                                commandfor="palette"
                                aria-label="Go to a page, provider or request (Ctrl K)"
                                title="Go to… (Ctrl K)"
                            >
                                <Icon glyph=Glyph::Search />
                            </button>
                            <ThemeSwitch chosen=reader::theme().to_owned() />
                            <PersonMenu name />
                            <Palette connected />
                        }
                    })}
                </div>
            </header>
            <main id="content" tabindex="-1">
                {refused
                    .map(|problem| {
                        view! {
                            <p class="alert bad" role="alert">
                                <Icon glyph=Glyph::Warning />
                                <span>{problem.message}</span>
                            </p>
                        }
                    })}
                {children()}
            </main>
        </div>
        <div id="toasts" role="status" aria-live="polite"></div>
        <Ambient />
    }
    .into_any()
}

/// The mark and the name.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <rect width="24" height="24" rx="6" />
            <path d="M15.5 9.5a3.5 3.5 0 1 0-3.5 3.5h3.5zM15.5 8.5v4.5c0 3-1.5 5-4.5 5" />
        </svg>
        <span class="brand-name">"Ninerouter"</span>
    }
    .into_any()
}

#[component]
fn Side(at: Place) -> impl IntoView {
    view! {
        <nav class="side" aria-label="Pages">
            <a class="brand" href="/" aria-label="Ninerouter, overview">
                <Brand />
            </a>
            {PLACES
                .map(|group| {
                    view! {
                        <ul>
                            {group
                                .iter()
                                .map(|&(place, href, name, glyph)| {
                                    view! {
                                        <li>
                                            <a href=href aria-current=(place == at).then_some("page") title=name>
                                                <Icon glyph />
                                                <span>{name}</span>
                                            </a>
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// How the accounts are doing, in words.
#[component]
fn HealthWords(connected: Vec<ProviderRow>) -> impl IntoView {
    let accounts = || connected.iter().flat_map(|provider| &provider.accounts);
    let of = |health| accounts().filter(|account| account.health == health).count();
    let (class, glyph, words) = match (of(Health::Refused), of(Health::Parked), of(Health::Ready)) {
        (1, ..) => ("health bad", Glyph::Warning, "1 account needs a hand".to_owned()),
        (refused @ 2.., ..) => ("health bad", Glyph::Warning, format!("{refused} accounts need a hand")),
        (0, 0, 0) => ("health", Glyph::Pause, "No account is in use".to_owned()),
        (0, parked, 0) if parked > 0 => ("health warn", Glyph::Clock, "Every account is waiting".to_owned()),
        (0, 1, _) => ("health warn", Glyph::Clock, "1 account is waiting".to_owned()),
        (0, parked @ 2.., _) => ("health warn", Glyph::Clock, format!("{parked} accounts are waiting")),
        (0, 0, _) => ("health good", Glyph::Check, "All accounts work".to_owned()),
    };
    view! {
        <a class=class href="/providers" title=words.clone()>
            <Icon glyph />
            <span>{words.clone()}</span>
        </a>
    }
    .into_any()
}

#[component]
fn PersonMenu(name: String) -> impl IntoView {
    let letter: String = name.chars().next().into_iter().flat_map(char::to_uppercase).collect();
    view! {
        <details class="menu">
            <summary aria-label=format!("Signed in as {name}")>
                <span class="avatar" aria-hidden="true">
                    {letter}
                </span>
            </summary>
            <div class="menu-body">
                <p class="faint">"Signed in as " <strong>{name}</strong></p>
                <a href="/settings">"Settings"</a>
                <Form action="log_out">
                    <button type="submit">"Sign out"</button>
                </Form>
            </div>
        </details>
    }
    .into_any()
}
