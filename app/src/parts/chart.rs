//! A chart, drawn in the browser by ECharts from our own origin. What it shows stands in a table beside it too.

use super::{browser, format};
use crate::api::usage::Measure;
use leptos::html::Div;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};
use wasm_bindgen::{JsCast, JsError};
use web_sys::{Element, HtmlElement};

/// Where ECharts is served.
pub const ECHARTS: &str = "/pkg/echarts.js";

/// How the numbers of a chart are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Written {
    /// As a measure is.
    As(Measure),
    /// As thousandths of a whole.
    Permille,
}

/// Where a click leads: to the requests of a share in a part of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leads {
    /// The address, with whatever all have in common.
    pub to: String,
    /// What each share adds, in order.
    pub shares: Vec<String>,
    /// What each part of time adds, in order.
    pub parts: Vec<String>,
}

#[wasm_bindgen]
extern "C" {
    /// A chart on the page.
    #[wasm_bindgen(typescript_type = "any")]
    type Drawn;

    #[wasm_bindgen(js_namespace = echarts, catch)]
    fn init(place: &Element) -> Result<Drawn, JsValue>;
    #[wasm_bindgen(method, js_name = setOption)]
    fn set_option(this: &Drawn, option: &JsValue, anew: bool);
    #[wasm_bindgen(method)]
    fn resize(this: &Drawn);
    #[wasm_bindgen(method)]
    fn on(this: &Drawn, event: &str, listener: &JsValue);
}

/// A chart. `option` is ECharts' own, as JSON, with colours as `var(--name)`.
#[island]
pub fn Chart(option: String, label: String, written: Written, leads: Leads) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        let (option, leads) = (option.clone(), leads.clone());
        when_there(move || {
            let Some(place) = place.get_untracked() else { return };
            // Without it the table still says everything.
            let _ = draw(&place, option, written, leads);
        });
    });
    view! { <div class="chart" node_ref=place role="img" aria-label=label></div> }
}

/// Runs something as soon as ECharts is loaded.
fn when_there(then: impl FnOnce() + 'static) {
    let there = js_sys::Reflect::has(&window(), &JsValue::from_str("echarts")).unwrap_or(false);
    if there {
        then();
    } else {
        set_timeout(move || when_there(then), Duration::from_millis(50));
    }
}

fn draw(place: &HtmlElement, option: String, written: Written, leads: Leads) -> Result<(), JsValue> {
    let drawn = std::rc::Rc::new(init(place)?);
    drawn.set_option(&coloured(place, &option, written)?, true);
    let follow = {
        let (drawn, place) = (std::rc::Rc::clone(&drawn), place.clone());
        move || {
            if let Ok(option) = coloured(&place, &option, written) {
                drawn.set_option(&option, true);
            }
        }
    };
    // Colours follow the theme, whoever changes it.
    let changed = Closure::<dyn Fn()>::new(follow);
    let watch = web_sys::MutationObserver::new(changed.as_ref().unchecked_ref())?;
    let names = web_sys::MutationObserverInit::new();
    names.set_attributes(true);
    names.set_attribute_filter(&js_sys::Array::of1(&JsValue::from_str("data-theme")));
    if let Some(root) = document().document_element() {
        watch.observe_with_options(&root, &names)?;
    }
    if let Some(dark) = window().match_media("(prefers-color-scheme: dark)")? {
        dark.set_onchange(Some(changed.as_ref().unchecked_ref()));
        // It lives as long as the page.
        std::mem::forget(dark);
    }
    changed.forget();
    let sized = std::rc::Rc::clone(&drawn);
    let _ = window_event_listener_untyped("resize", move |_| sized.resize());
    if !leads.to.is_empty() {
        let clicked = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let place = |name: &str| -> Option<usize> {
                Some(js_sys::Reflect::get(&event, &JsValue::from_str(name)).ok()?.as_f64()? as usize)
            };
            let share = place("seriesIndex").and_then(|place| leads.shares.get(place));
            let part = place("dataIndex").and_then(|place| leads.parts.get(place));
            if let (Some(share), Some(part)) = (share, part) {
                browser::go(&format!("{}{share}{part}", leads.to));
            }
        });
        drawn.on("click", &clicked.into_js_value());
    }
    Ok(())
}

/// The option with the theme's colours, and numbers written as elsewhere on the page.
fn coloured(place: &HtmlElement, option: &str, written: Written) -> Result<JsValue, JsValue> {
    let mut text = String::with_capacity(option.len());
    let mut rest = option;
    while let Some((before, after)) = rest.split_once("var(") {
        let (name, after) = after.split_once(')').ok_or_else(|| JsError::new("a colour has no end"))?;
        text.push_str(before);
        text.push_str(&colour(place, name)?);
        rest = after;
    }
    text.push_str(rest);
    let option = js_sys::JSON::parse(&text)?;
    let write = Closure::<dyn Fn(JsValue) -> String>::new(move |value: JsValue| match value.as_f64() {
        Some(value) => words(value, written),
        None => "unknown".to_owned(),
    });
    let write = write.into_js_value();
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &JsValue::from_str(name));
    let set = |of: &JsValue, name: &str, to: &JsValue| js_sys::Reflect::set(of, &JsValue::from_str(name), to);
    let tooltip = get(&option, "tooltip")?;
    set(&tooltip, "valueFormatter", &write)?;
    // The other way of drawing it writes styles into the page, which the page's policy forbids.
    set(&tooltip, "renderMode", &JsValue::from_str("richText"))?;
    let ink = js_sys::Object::new();
    set(&ink, "color", &JsValue::from_str(&colour(place, "--ink")?))?;
    set(&tooltip, "textStyle", &ink)?;
    set(&get(&get(&option, "yAxis")?, "axisLabel")?, "formatter", &write)?;
    Ok(option)
}

/// A colour of the theme, as a canvas takes it.
fn colour(place: &HtmlElement, name: &str) -> Result<String, JsValue> {
    place.style().set_property("color", &format!("var({name})"))?;
    let style = window().get_computed_style(place)?.ok_or_else(|| JsError::new("no style"))?;
    let colour = style.get_property_value("color")?;
    place.style().remove_property("color")?;
    Ok(colour)
}

fn words(value: f64, written: Written) -> String {
    let whole = value.round() as i64;
    match written {
        Written::As(Measure::Tokens | Measure::Saved) => format::tokens(whole),
        Written::As(Measure::Requests) => format::count(whole),
        Written::As(Measure::Cost) => format::money(whole),
        Written::As(Measure::Latency) => format::took(whole),
        Written::Permille => format!("{}%", whole / 10),
    }
}
