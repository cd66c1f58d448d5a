//! What islands do with the browser. Every function here is for the wasm half; none runs on the server.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlDialogElement, HtmlDocument, HtmlElement, HtmlInputElement, NodeList};

/// The document.
pub fn document() -> web_sys::Document {
    leptos::prelude::document()
}

/// All elements that match, as HTML elements.
pub fn all(selector: &str) -> impl Iterator<Item = HtmlElement> {
    elements(document().query_selector_all(selector).ok())
}

/// The HTML elements of a list.
pub fn elements(list: Option<NodeList>) -> impl Iterator<Item = HtmlElement> {
    let length = list.as_ref().map_or(0, NodeList::length);
    (0..length).filter_map(move |at| list.as_ref()?.get(at)?.dyn_into().ok())
}

/// The element an event hit, or the nearest one around it that matches.
pub fn hit(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Opens a dialog by its id.
pub fn open_dialog(id: &str) {
    if let Some(dialog) = dialog(id)
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog by its id.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Remembers a choice for a year.
pub fn set_cookie(name: &str, value: &str) {
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        let _ = document.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// The name of the time zone here.
pub fn zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    let zone = js_sys::Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone"));
    zone.ok()?.as_string()
}

/// Puts text into every element that waits for it, e.g. the chosen model into all snippets.
pub fn fill(what: &str, text: &str) {
    for element in all(&format!("[data-filled={what}]")) {
        element.set_text_content(Some(text));
    }
}

/// Copies text. Beyond loopback a browser offers its clipboard to https pages only; then the older way.
pub async fn copy(text: &str) -> bool {
    let window = leptos::prelude::window();
    let clipboard = js_sys::Reflect::get(&window.navigator(), &JsValue::from_str("clipboard"));
    if clipboard.is_ok_and(|clipboard| !clipboard.is_undefined())
        && JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
    {
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

/// Selects the text in a hidden field and asks the document to copy it.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let field = document.create_element("textarea").ok()?;
    field.set_text_content(Some(text));
    field.set_class_name("visually-hidden");
    // Inside an open dialog nothing outside it can be selected.
    let place = document.query_selector("dialog[open]").ok()?.or_else(|| Some(document.body()?.into()))?;
    place.append_child(&field).ok()?;
    let call = |target: &JsValue, name: &str, argument: Option<&str>| {
        let function = js_sys::Reflect::get(target, &JsValue::from_str(name)).ok()?;
        let function = function.dyn_into::<js_sys::Function>().ok()?;
        match argument {
            Some(argument) => function.call1(target, &JsValue::from_str(argument)).ok(),
            None => function.call0(target).ok(),
        }
    };
    call(&field, "select", None);
    let done = call(&document, "execCommand", Some("copy")).is_some_and(|done| done.is_truthy());
    field.remove();
    Some(done)
}

/// Shows a few words for a few seconds.
pub fn toast(text: &str) {
    let document = document();
    let Some(region) = document.get_element_by_id("toasts") else { return };
    let Ok(line) = document.create_element("p") else { return };
    line.set_class_name("toast");
    line.set_text_content(Some(text));
    let _ = region.append_child(&line);
    leptos::prelude::set_timeout(move || line.remove(), std::time::Duration::from_secs(5));
}

const TOAST: &str = "toast";

/// Keeps a toast for the page that comes next.
pub fn toast_after_navigation(text: &str) {
    if let Ok(Some(storage)) = leptos::prelude::window().session_storage() {
        let _ = storage.set_item(TOAST, text);
    }
}

/// Shows the toast that the page before left.
pub fn show_kept_toast() {
    if let Ok(Some(storage)) = leptos::prelude::window().session_storage()
        && let Ok(Some(text)) = storage.get_item(TOAST)
    {
        let _ = storage.remove_item(TOAST);
        toast(&text);
    }
}

/// What the server said to a form.
pub struct Answer {
    /// Whether it did what was asked.
    pub ok: bool,
    /// The HTTP status.
    pub status: u16,
    /// The page to go to next.
    pub location: Option<String>,
    /// The JSON it sent.
    pub body: String,
}

/// Posts a form's fields. `None` when the server cannot be reached.
pub async fn post(action: &str, fields: &web_sys::FormData) -> Option<Answer> {
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(fields).ok()?;
    post_text(action, &JsValue::from(fields)).await
}

/// Posts a few fields that are in no form. `None` when the server cannot be reached.
pub async fn post_pairs(action: &str, fields: &[(&str, &str)]) -> Option<Answer> {
    let body = web_sys::UrlSearchParams::new().ok()?;
    for (name, value) in fields {
        body.append(name, value);
    }
    post_text(action, &JsValue::from(body)).await
}

/// Posts a body that the browser knows the content type of.
async fn post_text(action: &str, body: &JsValue) -> Option<Answer> {
    let headers = web_sys::Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(body);
    let answer =
        JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(action, &init)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    let header = |name| answer.headers().get(name).ok().flatten();
    // The gate sends whoever is signed out to the login page.
    let location = if answer.redirected() { Some(answer.url()) } else { header("location") };
    let body = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    Some(Answer { ok: answer.ok(), status: answer.status(), location, body })
}

/// Puts one region of a page that was sent in the place of the same region here.
fn swap(html: &str, id: &str) -> Option<Element> {
    let page =
        web_sys::DomParser::new().ok()?.parse_from_string(html, web_sys::SupportedType::TextHtml).ok()?;
    let fresh = page.get_element_by_id(id)?;
    let stale = document().get_element_by_id(id)?;
    stale.set_inner_html(&fresh.inner_html());
    Some(stale)
}

/// Swaps in one region of a page that was sent; islands inside wake up. Its `data-said` goes to the status line that
/// waits for it, and where its first element is out of sight (on a phone) it is scrolled to.
pub fn show(html: &str, id: &str) -> Option<()> {
    let region = swap(html, id)?;
    wake(&region);
    let Some(first) = region.first_element_child() else { return Some(()) };
    fill(&format!("{id}-said"), &first.get_attribute("data-said").unwrap_or_default());
    let height = leptos::prelude::window().inner_height().ok()?.as_f64()?;
    if first.get_bounding_client_rect().top() > height * 0.75 {
        first.scroll_into_view();
    }
    Some(())
}

/// Wakes the islands of a region that was swapped in.
fn wake(region: &Element) -> Option<()> {
    let hydrate = js_sys::Reflect::get(&leptos::prelude::window(), &JsValue::from_str("__hydrateIsland"));
    let hydrate: js_sys::Function = hydrate.ok()?.dyn_into().ok()?;
    for island in elements(region.query_selector_all("leptos-island").ok()) {
        let name = island.dataset().get("component")?;
        let _ = hydrate.call2(&JsValue::NULL, &island, &JsValue::from_str(&name));
    }
    Some(())
}

/// Fetches a page. `None` when the server cannot be reached.
pub async fn page(address: &str) -> Option<String> {
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str(address)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// Fetches this page again and swaps in regions of it; islands inside wake up, and what the reader searches for in
/// them stays. `None` when the page cannot be had.
pub async fn refresh(ids: &[impl AsRef<str>]) -> Option<()> {
    let html = page(&leptos::prelude::window().location().href().ok()?).await?;
    for id in ids.iter().map(AsRef::as_ref) {
        // A region may be there at some times only.
        let Some(region) = swap(&html, id) else { continue };
        wake(&region);
        for field in all(&format!("input[data-filters={id}]")) {
            if let Ok(field) = field.dyn_into() {
                filter(&field);
            }
        }
    }
    Some(())
}

/// Puts the focus on the button of this label, unless it is somewhere already.
pub fn focus_on(label: &str) {
    let document = document();
    let lost = document.active_element().is_none_or(|active| Some(active) == document.body().map(Into::into));
    let button =
        all("button[aria-label]").find(|button| button.get_attribute("aria-label").as_deref() == Some(label));
    if lost && let Some(button) = button {
        let _ = button.focus();
    }
}

/// Hides what does not fit a search field below the element whose id is its `data-filters`.
pub fn filter(field: &HtmlInputElement) {
    let Some(list) = field.dataset().get("filters") else { return };
    let wanted = field.value().to_lowercase();
    let mut shown = 0;
    for item in all(&format!("#{list} [data-search]")) {
        let text = item.dataset().get("search").unwrap_or_default();
        let fits = wanted.split_whitespace().all(|word| text.contains(word));
        item.set_hidden(!fits);
        shown += usize::from(fits);
    }
    // A group whose members are all hidden hides its heading too.
    for group in all(&format!("#{list} [data-group]")) {
        let any = group.query_selector("[data-search]:not([hidden])").is_ok_and(|any| any.is_some());
        group.set_hidden(!any);
    }
    for nothing in all(&format!("[data-nothing={list}]")) {
        nothing.set_hidden(shown > 0);
    }
    fill(&format!("{list}-words"), field.value().trim());
}

/// Goes to a page; staying on the same one loads it again without losing the place.
pub fn go(to: &str) {
    let location = leptos::prelude::window().location();
    let here = location.pathname().unwrap_or_default();
    if to == here && location.search().is_ok_and(|search| search.is_empty()) {
        let _ = location.reload();
    } else {
        let _ = location.assign(to);
    }
}
