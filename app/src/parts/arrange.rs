//! Lists whose lines can be put in another order, by dragging and by buttons, and lists that grow. The `Ambient` island
//! calls this; the lists themselves are plain HTML.
//!
//! * `data-list` is the list, `data-item` a line of it: its value, or else the value of its first text field, names
//!   it. A line is dragged by its `data-grip` and moved by buttons with `data-move` (`up` or `down`).
//! * `data-arranges` on the list names what it belongs to: then the form around it is told the new order at once, as
//!   `name` and `order`, one line each.
//! * Where the lines are fields, the number in their names (`targets[3][model]`) follows the order. A button with
//!   `data-adds` adds a line from the template beside the list of that id, one with `data-removes` takes its own away.
//!
//! What moves is always the neighbour, so that the line itself keeps the focus and the pointer.

use super::browser;
use crate::api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, PointerEvent};

thread_local! {
    /// The line that is being dragged, and its list's order when that began.
    static HELD: RefCell<Option<(Element, Vec<String>)>> = const { RefCell::new(None) };
}

/// The lines of a list.
fn lines(list: &Element) -> impl Iterator<Item = HtmlElement> {
    browser::elements(list.query_selector_all("[data-item]").ok())
}

fn text_field(line: &Element) -> Option<HtmlInputElement> {
    line.query_selector("input[list]").ok()??.dyn_into().ok()
}

/// What a line is called.
fn name(line: &Element) -> String {
    match line.get_attribute("data-item") {
        Some(name) if !name.is_empty() => name,
        _ => text_field(line).map(|field| field.value()).unwrap_or_default(),
    }
}

fn order(list: &Element) -> Vec<String> {
    lines(list).map(|line| name(&line)).collect()
}

fn say(words: &str) {
    browser::fill("arranged", words);
}

/// Puts the neighbour on the other side of the line. `false` at the end of the list.
fn step(line: &Element, up: bool) -> bool {
    let beside = if up { line.previous_element_sibling() } else { line.next_element_sibling() };
    match beside {
        Some(beside) if up => line.after_with_node_1(&beside).is_ok(),
        Some(beside) => line.before_with_node_1(&beside).is_ok(),
        None => false,
    }
}

/// Buttons of a line and of its list. `true` when the click was for one of them.
pub fn clicked(event: &Event) -> bool {
    if let Some(button) = browser::hit(event, "[data-move]")
        && let Some((line, list)) = around(&button)
    {
        event.prevent_default();
        let up = button.get_attribute("data-move").is_some_and(|way| way == "up");
        if step(&line, up) {
            settle(&line, &list);
        } else {
            say(&format!("{} is {} already.", name(&line), if up { "first" } else { "last" }));
        }
        return true;
    }
    if let Some(button) = browser::hit(event, "[data-adds]") {
        return add(&button).is_some();
    }
    if let Some(button) = browser::hit(event, "[data-removes]")
        && let Some((line, list)) = around(&button)
    {
        remove(&line, &list);
        return true;
    }
    false
}

fn around(element: &Element) -> Option<(Element, Element)> {
    let line = element.closest("[data-item]").ok()??;
    let list = line.closest("[data-list]").ok()??;
    Some((line, list))
}

/// Adds a line from the template and goes to its field.
fn add(button: &Element) -> Option<()> {
    let id = button.get_attribute("data-adds")?;
    let list = document().get_element_by_id(&id)?;
    let line = document().get_element_by_id(&format!("{id}-template"))?.inner_html();
    // Ids stay apart from those of lines that were removed.
    let number: u32 = list.get_attribute("data-next")?.parse().ok()?;
    list.set_attribute("data-next", &(number + 1).to_string()).ok()?;
    list.insert_adjacent_html("beforeend", &line.replace("NEW", &number.to_string())).ok()?;
    renumber(&list);
    text_field(&list.last_element_child()?)?.focus().ok()
}

fn remove(line: &Element, list: &Element) {
    let (words, next) = (name(line), line.next_element_sibling().or_else(|| line.previous_element_sibling()));
    line.remove();
    renumber(list);
    say(&format!("{} was taken out.", if words.is_empty() { "The line" } else { &words }));
    let field = next.and_then(|next| text_field(&next)).map(HtmlElement::from);
    let add = || browser::all(&format!("[data-adds={}]", list.id())).next();
    if let Some(there) = field.or_else(add) {
        let _ = there.focus();
    }
}

/// Gives the fields of each line the number of its place.
fn renumber(list: &Element) {
    for (place, line) in lines(list).enumerate() {
        for field in browser::elements(line.query_selector_all("[name*='[']").ok()) {
            let Some(old) = field.get_attribute("name") else { continue };
            if let Some((group, rest)) = old.split_once('[')
                && let Some((_, rest)) = rest.split_once(']')
            {
                let _ = field.set_attribute("name", &format!("{group}[{place}]{rest}"));
            }
        }
    }
}

/// After a move: numbers, words, and the server.
fn settle(line: &Element, list: &Element) {
    renumber(list);
    let all = order(list);
    let place = lines(list).position(|other| other.is_same_node(Some(line))).map_or(0, |at| at + 1);
    say(&format!("{} is now {place} of {}.", name(line), all.len()));
    if let Some(owner) = list.get_attribute("data-arranges") {
        let list = list.clone();
        spawn_local(async move { save(&list, &owner).await });
    }
}

/// Tells the server the order; once more when it changed meanwhile, so that the last one stays.
async fn save(list: &Element, owner: &str) {
    const SAVING: &str = "data-saving";
    if list.has_attribute(SAVING) {
        let _ = list.set_attribute(SAVING, "again");
        return;
    }
    let form = list.closest("form").ok().flatten();
    let action = form.and_then(|form| form.get_attribute("action")).unwrap_or_default();
    loop {
        let _ = list.set_attribute(SAVING, "");
        let answer =
            browser::post_pairs(&action, &[("name", owner), ("order", &order(list).join("\n"))]).await;
        if !answer.as_ref().is_some_and(|answer| answer.ok) {
            let refused = answer.and_then(|answer| serde_json::from_str::<Problem>(&answer.body).ok());
            browser::toast_after_navigation(&refused.map_or_else(
                || "The new order was not saved: Ninerouter cannot be reached.".to_owned(),
                |problem| problem.message,
            ));
            let _ = window().location().reload();
            return;
        }
        if list.get_attribute(SAVING).is_none_or(|state| state.is_empty()) {
            break;
        }
    }
    let _ = list.remove_attribute(SAVING);
    // A plan that is open shows the order before.
    if let Ok(Some(card)) = list.closest(".card")
        && let Ok(Some(again)) = card.query_selector("[data-renews]")
        && let Ok(again) = again.dyn_into::<HtmlElement>()
    {
        again.click();
    }
}

/// A line is taken by its grip.
pub fn grabbed(event: &PointerEvent) {
    if let Some(grip) = browser::hit(event, "[data-grip]")
        && event.button() == 0
        && let Some((line, list)) = around(&grip)
    {
        event.prevent_default();
        let _ = grip.set_pointer_capture(event.pointer_id());
        let _ = line.class_list().add_1("held");
        HELD.set(Some((line, order(&list))));
    }
}

/// The line goes where the pointer is.
pub fn dragged(event: &PointerEvent) {
    let Some(line) = HELD.with_borrow(|held| held.as_ref().map(|(line, _)| line.clone())) else { return };
    let y = f64::from(event.client_y());
    let middle = |element: Element| {
        let place = element.get_bounding_client_rect();
        place.top() + place.height() / 2.0
    };
    while line.previous_element_sibling().is_some_and(|above| y < middle(above)) && step(&line, true) {}
    while line.next_element_sibling().is_some_and(|below| y > middle(below)) && step(&line, false) {}
}

/// The line is let go.
pub fn dropped() {
    let Some((line, before)) = HELD.take() else { return };
    let _ = line.class_list().remove_1("held");
    if let Ok(Some(list)) = line.closest("[data-list]")
        && order(&list) != before
    {
        settle(&line, &list);
    }
}
