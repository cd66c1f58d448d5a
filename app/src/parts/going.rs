//! Requests that are under way: how many, and behind a fold what each of them does.

use super::format;
use super::icon::{Glyph, Icon};
use crate::api::overview::{UnderWay, UnderWayNow};
use leptos::prelude::*;

/// The fold. Its line is always there, and what is behind it has one height, so that nothing moves when requests come and
/// go.
#[component]
pub fn Going(under_way: RwSignal<UnderWayNow>, connected: RwSignal<bool>) -> impl IntoView {
    let heard = RwSignal::new(false);
    Effect::new(move |_| {
        if connected.get() {
            heard.set(true);
        }
    });
    // As the page was made, it is true; later only as long as it is told.
    let lost = move || heard.get() && !connected.get();
    let summed = move || {
        if lost() {
            "What is under way is not known just now".to_owned()
        } else {
            under_way.with(|now| summary(now.count))
        }
    };
    let lines = move || {
        if lost() {
            return None;
        }
        Some(under_way.with(|now| {
            let more = now.count.saturating_sub(now.rows.len());
            let more =
                (more > 0).then(|| view! { <li class="faint">{format!("and {more} that came later")}</li> });
            let lines: Vec<_> = now.rows.iter().cloned().map(|row| view! { <Line row /> }).collect();
            view! {
                {lines}
                {more}
            }
        }))
    };
    view! {
        <details class="fold going">
            <summary>
                <Icon glyph=Glyph::Right />
                <span class="dot" class:good=move || !lost() && under_way.with(|now| now.count > 0)></span>
                {summed}
            </summary>
            <div class="going-list" tabindex="0" role="region" aria-label="Requests under way">
                <ul class="lines">{lines}</ul>
            </div>
        </details>
    }
}

fn summary(count: usize) -> String {
    match count {
        0 => "Nothing under way".to_owned(),
        1 => "1 request under way".to_owned(),
        many => format!("{many} requests under way"),
    }
}

/// What a request waits for, or does.
fn state(row: &UnderWay) -> String {
    match row.first_token_ms {
        Some(first) => format!("answering, first token after {}", format::took(first)),
        None if row.target.is_empty() => "being planned".to_owned(),
        None if row.attempts > 1 => format!("waiting for the first token, attempt {}", row.attempts),
        None => "waiting for the first token".to_owned(),
    }
}

#[component]
fn Line(row: UnderWay) -> impl IntoView {
    let doing = state(&row);
    let combo = (!row.combo.is_empty() && row.combo != row.asked).then(|| format!(" → {}", row.combo));
    let target = match row.target {
        target if target.is_empty() => " → …".to_owned(),
        // Whoever asks for a model by its own name needs no way to it.
        target if target == row.asked => String::new(),
        target => format!(" → {target}"),
    };
    let who = if row.key.is_empty() { "no key".to_owned() } else { row.key };
    let lasts = format::took(row.lasts_ms / 1000 * 1000);
    view! {
        <li>
            <span class="who">
                {row.client} " " <span class="faint">{who}</span>
            </span>
            <span class="grow mono">
                {row.asked} {combo} {target}
            </span>
            <span class="faint">{doing}</span>
            <span class="number">{lasts}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_it_waits_for() {
        let begun = UnderWay::default();
        assert_eq!(state(&begun), "being planned");
        let asked = UnderWay { target: "glm/glm-5".to_owned(), attempts: 1, ..begun };
        assert_eq!(state(&asked), "waiting for the first token");
        let again = UnderWay { attempts: 3, ..asked.clone() };
        assert_eq!(state(&again), "waiting for the first token, attempt 3");
        assert_eq!(
            state(&UnderWay { first_token_ms: Some(840), ..again }),
            "answering, first token after 840 ms"
        );
        assert_eq!(
            [0, 1, 2].map(summary),
            ["Nothing under way", "1 request under way", "2 requests under way"]
        );
    }
}
