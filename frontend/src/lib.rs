//! The wasm entry: wakes the islands of the page the server sent.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the script in the page's head.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // Mentioning the crate links its islands into the module.
    let _ = app::App;
    leptos::mount::hydrate_islands();
}
