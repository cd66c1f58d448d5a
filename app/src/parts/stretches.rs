//! Two texts side by side, line by line: what went is marked on the left, what stands in its place on the right. On a
//! phone the two stand under each other, and lines that both have are said once.

use super::format;
use super::icon::{Glyph, Icon};
use crate::api::saver::Stretch;
use leptos::prelude::*;

/// Lines of an unchanged stretch that stay in sight beside a change.
const NEAR: usize = 3;
/// Lines of a changed stretch that are in sight.
const IN_SIGHT: usize = 12;
/// Fewer lines are not worth folding away.
const FEW: usize = 4;

#[component]
pub fn Stretches(
    stretches: Vec<Stretch>,
    /// What is known of the original and of the result, e.g. their sizes.
    sides: [String; 2],
    /// What the two are called.
    #[prop(default = ["Original", "Result"])]
    names: [&'static str; 2],
) -> impl IntoView {
    let last = stretches.len().saturating_sub(1);
    let parts = stretches.into_iter().enumerate().map(|(at, stretch)| {
        if stretch.same { same(stretch, at == 0, at == last) } else { changed(stretch) }
    });
    let parts = parts.collect_view();
    let [before, after] = sides;
    view! {
        <div class="diff" role="region" aria-label=names.join(" and ") tabindex="0">
            <p class="diff-head">
                <strong>{names[0]}</strong>
                <span class="faint">{before}</span>
                <span class="sign gone">"− left out"</span>
            </p>
            <p class="diff-head">
                <strong>{names[1]}</strong>
                <span class="faint">{after}</span>
                <span class="sign came">"+ in its place"</span>
            </p>
            {parts}
        </div>
    }
    .into_any()
}

/// Lines that both texts have. Those far from a change are folded away.
fn same(stretch: Stretch, first: bool, last: bool) -> AnyView {
    let Stretch { from, now_from, lines, .. } = stretch;
    let (head, tail) = (if first { 0 } else { NEAR }, if last { 0 } else { NEAR });
    let beside = |range: std::ops::Range<usize>| {
        let [left, right] = [from, now_from].map(|from| {
            let lines = lines.get(range.clone()).unwrap_or_default();
            numbered(from + range.start, lines, false)
        });
        view! {
            <div class="half twice">{left}</div>
            <div class="half">{right}</div>
        }
        .into_any()
    };
    if lines.len() <= head + tail + FEW {
        return beside(0..lines.len());
    }
    let folded = head..lines.len() - tail;
    let summary = format!("{} lines that stay", format::count(i64::try_from(folded.len()).unwrap_or(0)));
    let fold = fold(summary, view! { <div class="diff-more">{beside(folded.clone())}</div> }.into_any());
    view! {
        {(head > 0).then(|| beside(0..head))}
        {fold}
        {(tail > 0).then(|| beside(folded.end..lines.len()))}
    }
    .into_any()
}

/// Lines that went, and those in their place.
fn changed(stretch: Stretch) -> AnyView {
    let Stretch { from, now_from, lines, now, .. } = stretch;
    let gone = (!lines.is_empty()).then(|| {
        view! {
            <del class="gone">
                <span class="visually-hidden">"Left out: "</span>
                {some(from, &lines)}
            </del>
        }
    });
    let came = (!now.is_empty()).then(|| {
        view! {
            <ins class="came">
                <span class="visually-hidden">"In its place: "</span>
                {some(now_from, &now)}
            </ins>
        }
    });
    view! {
        <div class="half">{gone}</div>
        <div class="half">{came}</div>
    }
    .into_any()
}

/// Lines of a change, of which many are folded away.
fn some(from: usize, lines: &[String]) -> AnyView {
    if lines.len() <= IN_SIGHT + FEW {
        return numbered(from, lines, true);
    }
    let (shown, rest) = lines.split_at(IN_SIGHT);
    let summary = format!("{} more lines", format::count(i64::try_from(rest.len()).unwrap_or(0)));
    view! {
        {numbered(from, shown, true)}
        {fold(summary, numbered(from + IN_SIGHT, rest, true))}
    }
    .into_any()
}

fn fold(summary: String, inside: AnyView) -> AnyView {
    view! {
        <details class="fold">
            <summary>
                <Icon glyph=Glyph::Right />
                {summary}
            </summary>
            {inside}
        </details>
    }
    .into_any()
}

/// Lines with their numbers. Those of a change show blanks at their end, which may be all that went.
fn numbered(from: usize, lines: &[String], change: bool) -> AnyView {
    let lines = lines.iter().map(|line| view! { <li>{seen(line, change)}</li> });
    view! {
        <ol class="numbered" start=from.to_string()>
            {lines.collect_view()}
        </ol>
    }
    .into_any()
}

/// A line as it can be read: control characters, and blanks at the end, have signs of their own.
fn seen(line: &str, blanks: bool) -> String {
    let end = if blanks { line.trim_end_matches(' ').len() } else { line.len() };
    let sign = |(at, letter): (usize, char)| match letter {
        ' ' if at >= end => '·',
        '\u{1b}' => '␛',
        '\t' => '\t',
        letter if letter.is_control() => '␦',
        letter => letter,
    };
    line.char_indices().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::seen;

    #[test]
    fn what_cannot_be_seen_gets_a_sign() {
        assert_eq!(seen("\u{1b}[1mbold\u{1b}[0m\tx  ", true), "␛[1mbold␛[0m\tx··");
        assert_eq!(seen("a b  ", false), "a b  ");
        assert_eq!(seen("\u{8}", true), "␦");
    }
}
