//! What is known of the person who reads a page: their clock, their time zone, their theme.

use crate::api::{Clock, Millis};
#[cfg(feature = "ssr")]
use leptos::prelude::use_context;

/// Puts a fixed time into the context of a rendering, for tests.
#[derive(Clone, Copy, Debug)]
pub struct FixedNow(pub Millis);

/// The time in the browser.
#[cfg(target_arch = "wasm32")]
pub fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// The time on the server.
#[cfg(not(target_arch = "wasm32"))]
pub fn now() -> Millis {
    #[cfg(feature = "ssr")]
    if let Some(FixedNow(now)) = use_context::<FixedNow>() {
        return now;
    }
    #[expect(clippy::disallowed_methods, reason = "pages have no access to the server's clock")]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| Millis::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// Minutes by which the reader's clock is ahead of UTC. `None` before their browser has said.
pub fn utc_offset() -> Option<i32> {
    #[cfg(target_arch = "wasm32")]
    return Some(-(js_sys::Date::new_0().get_timezone_offset() as i32));
    #[cfg(not(target_arch = "wasm32"))]
    return cookie("tz")?.parse().ok().filter(|minutes| (-14 * 60..=14 * 60).contains(minutes));
}

/// The reader's clock; that of UTC before their browser has said.
pub fn clock() -> Clock {
    Clock { zone: cookie("zone").unwrap_or_default(), utc_offset_minutes: utc_offset().unwrap_or(0) }
}

/// The theme the reader chose: `light`, `dark`, or `system` when they did not choose.
pub fn theme() -> &'static str {
    match cookie("theme").as_deref() {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "system",
    }
}

/// A cookie of the request that is being answered.
#[cfg(feature = "ssr")]
fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    parts
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// The browser half never asks: islands get what they need as props.
#[cfg(not(feature = "ssr"))]
fn cookie(_name: &str) -> Option<String> {
    None
}
