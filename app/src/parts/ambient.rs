//! What is alive on every page, in one island: ticking times, copy buttons, filters, snippets, dialogs,
//! toasts, shortcuts, lists to be arranged, parts of a page shown in place, the reader's time zone. It has no looks of its own and listens on the window, so
//! the parts it serves stay plain server-rendered HTML.

use super::{arrange, browser, format, reader};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent, MouseEvent};

/// The island that is on every page once.
#[island]
pub fn Ambient() -> impl IntoView {
    Effect::new(|_| {
        if let Some(minutes) = reader::utc_offset() {
            browser::set_cookie("tz", &minutes.to_string());
        }
        if let Some(zone) = browser::zone() {
            browser::set_cookie("zone", &zone);
        }
        browser::show_kept_toast();
        set_interval(tick, Duration::from_secs(1));
        set_interval(watch, Duration::from_secs(2));
        // These live as long as the page, as does the island.
        let _ = window_event_listener(ev::click, |event| clicked(&event));
        let _ = window_event_listener(ev::input, |event| typed(&event));
        let _ = window_event_listener(ev::change, |event| chosen(&event));
        let _ = window_event_listener(ev::keydown, |event| pressed(&event));
        let _ = window_event_listener(ev::pointerdown, |event| arrange::grabbed(&event));
        let _ = window_event_listener(ev::pointermove, |event| arrange::dragged(&event));
        let _ = window_event_listener(ev::pointerup, |_| arrange::dropped());
        let _ = window_event_listener(ev::pointercancel, |_| arrange::dropped());
        // The browser may have kept a choice across a reload.
        for select in browser::all("select[data-fills]") {
            fill_from(&select);
        }
        let _ = document().document_element().map(|root| root.set_attribute("data-awake", ""));
    });
}

/// Renews the words of every moment on the page.
fn tick() {
    let now = reader::now();
    let at = |element: &HtmlElement, name: &str| element.dataset().get(name)?.parse().ok();
    let say = |element: &HtmlElement, words: String| {
        if element.text_content().as_deref() != Some(words.as_str()) {
            element.set_text_content(Some(&words));
        }
    };
    for element in browser::all("time[data-ago]") {
        if let Some(then) = at(&element, "ago") {
            say(&element, format::ago(then, now));
        }
    }
    for element in browser::all("time[data-until]") {
        if let Some(then) = at(&element, "until") {
            say(&element, format::until(then, now));
        }
    }
}

/// Fetches parts of the page that wait for something anew, and goes where one says that it has come.
fn watch() {
    if document().hidden() {
        return;
    }
    for element in browser::all("[data-watches]") {
        let region = element.dataset().get("watches").unwrap_or_default();
        spawn_local(async move {
            browser::refresh(&[region]).await;
        });
    }
    if let Some(element) = browser::all("[data-goes]").next() {
        let said = |name: &str| element.dataset().get(name).unwrap_or_default();
        browser::toast_after_navigation(&said("toast"));
        browser::go(&said("goes"));
    }
}

/// Copy buttons, dialogs for browsers that do not know `command`, menus that close on a click elsewhere.
fn clicked(event: &MouseEvent) {
    if arrange::clicked(event) {
        return;
    }
    if let Some(link) = browser::hit(event, "a[data-shows]")
        && !(event.ctrl_key() || event.meta_key() || event.shift_key())
    {
        event.prevent_default();
        spawn_local(async move { show_in_place(&link).await });
    }
    if let Some(button) = browser::hit(event, "[data-copies]") {
        let from = button.get_attribute("data-copies").unwrap_or_default();
        let text = document().get_element_by_id(&from).and_then(|element| element.text_content());
        if let Some(text) = text {
            spawn_local(async move { say_copied(&button, browser::copy(&text).await) });
        }
    }
    if let Some(button) = browser::hit(event, "button[commandfor]")
        && !js_sys::Reflect::has(&button, &JsValue::from_str("commandForElement")).unwrap_or(false)
    {
        let dialog = button.get_attribute("commandfor").unwrap_or_default();
        match button.get_attribute("command").as_deref() {
            Some("show-modal") => browser::open_dialog(&dialog),
            _ => browser::close_dialog(&dialog),
        }
    }
    let inside = browser::hit(event, "details.menu");
    for menu in browser::all("details.menu[open]") {
        if inside.as_ref().is_none_or(|inside| !menu.is_same_node(Some(inside))) {
            let _ = menu.remove_attribute("open");
        }
    }
}

/// Shows the part of another page that a link names, in its place on this one.
async fn show_in_place(link: &Element) {
    let attribute = |name: &str| link.get_attribute(name).unwrap_or_default();
    let _ = link.set_attribute("aria-busy", "true");
    let shown = match browser::page(&attribute("href")).await {
        Some(html) => browser::show(&html, &attribute("data-shows")),
        None => None,
    };
    let _ = link.remove_attribute("aria-busy");
    if shown.is_none() {
        browser::go(&attribute("href"));
    }
}

/// Says on the button that the text is in the clipboard now.
fn say_copied(button: &web_sys::Element, done: bool) {
    let Ok(Some(words)) = button.query_selector("span") else { return };
    words.set_text_content(Some(if done { "Copied" } else { "Select and copy" }));
    let _ = button.class_list().toggle_with_force("done", done);
    let button = button.clone();
    set_timeout(
        move || {
            words.set_text_content(Some("Copy"));
            let _ = button.class_list().remove_1("done");
        },
        Duration::from_secs(2),
    );
}

/// A search field with `data-filters` hides what does not match below the element of that id.
fn typed(event: &Event) {
    let Some(field) = browser::hit(event, "input[data-filters]") else { return };
    let Ok(field) = field.dyn_into::<HtmlInputElement>() else { return };
    browser::filter(&field);
}

/// A choice with `data-fills` goes into every element that waits for it.
fn chosen(event: &Event) {
    if let Some(select) = browser::hit(event, "select[data-fills]") {
        fill_from(select.unchecked_ref());
    }
}

fn fill_from(select: &HtmlElement) {
    if let (Some(what), Some(select)) = (select.dataset().get("fills"), select.dyn_ref::<HtmlSelectElement>())
        && !select.value().is_empty()
    {
        browser::fill(&what, &select.value());
    }
}

/// Ctrl or Cmd with K opens the palette; arrows walk through it; slash goes to the search of the page.
fn pressed(event: &KeyboardEvent) {
    let key = event.key();
    if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
        event.prevent_default();
        browser::open_dialog("palette");
        return;
    }
    if browser::hit(event, "#palette").is_some() {
        walk(event, &key);
        return;
    }
    let typing = browser::hit(event, "input, textarea, select, dialog, [contenteditable]").is_some();
    if key == "/" && !typing && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
        let search = browser::all("main input[type=search]").next();
        if let Some(search) = search {
            event.prevent_default();
            let _ = search.focus();
        }
    }
}

/// Moves along the palette's links with the arrow keys; Enter in the field opens the first.
fn walk(event: &KeyboardEvent, key: &str) {
    let links: Vec<_> = browser::all("#palette-list [data-search]:not([hidden]) a")
        .filter(|link| link.offset_parent().is_some())
        .collect();
    let active = document().active_element();
    let here =
        links.iter().position(|link| active.as_ref().is_some_and(|active| link.is_same_node(Some(active))));
    let field = browser::all("#palette input").next();
    let to = match key {
        "ArrowDown" => links.get(here.map_or(0, |here| here + 1)),
        "ArrowUp" => match here {
            Some(0) | None => field.as_ref(),
            Some(here) => links.get(here - 1),
        },
        "Enter" if here.is_none() => {
            if let Some(first) = links.first() {
                event.prevent_default();
                first.click();
            }
            None
        }
        _ => None,
    };
    if let Some(to) = to {
        event.prevent_default();
        let _ = to.focus();
    }
}
