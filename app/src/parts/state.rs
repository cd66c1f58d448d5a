//! States of a page that has nothing to show: empty, or broken.

use super::icon::{Glyph, Icon};
use crate::api::{Problem, ProblemKind};
use leptos::prelude::*;

/// What this is, why it is empty, and one thing to do.
#[component]
pub fn Empty(
    glyph: Glyph,
    #[prop(into)] title: String,
    #[prop(into)] words: String,
    /// The one thing to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon"><Icon glyph /></span>
            <h2>{title}</h2>
            <p>{words}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// What happened and what to do. Sets the status of the response.
#[component]
pub fn Broken(problem: Problem) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        let status = http::StatusCode::from_u16(problem.kind.status());
        response.set_status(status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR));
    }
    let (title, next) = match problem.kind {
        ProblemKind::NotFound => ("There is nothing here", "Check the address, or go back to the overview."),
        ProblemKind::SignedOut => ("You are signed out", "Sign in again to see this page."),
        ProblemKind::Invalid => ("This address makes no sense", "Go back and try another way."),
        ProblemKind::TooMany => ("Too many tries", "Wait a moment, then load this page again."),
        ProblemKind::Conflict | ProblemKind::Internal => (
            "This page could not be made",
            "Load it again. If it happens again, the log of Ninerouter says why at this time.",
        ),
    };
    let signed_out = problem.kind == ProblemKind::SignedOut;
    let moment = super::format::exact(super::reader::now(), super::reader::utc_offset());
    view! {
        <section class="card">
            <Empty glyph=Glyph::Warning title words=problem.message>
                <p class="faint">{next}</p>
                <p class="buttons centre">
                    <a class="button primary" href=if signed_out { "/login" } else { "/" }>
                        {if signed_out { "Sign in" } else { "Open the overview" }}
                    </a>
                </p>
                {(problem.kind == ProblemKind::Internal)
                    .then(|| view! { <p class="faint">"Look in the log at " <code>{moment}</code></p> })}
            </Empty>
        </section>
    }
    .into_any()
}
