//! An address with no page.

use crate::api::{Problem, ProblemKind};
use crate::parts::frame::{Frame, Place};
use crate::parts::state::Broken;
use leptos::prelude::*;

/// An address with no page. The status is 404.
#[component]
pub fn Missing() -> impl IntoView {
    let problem = Problem::new(ProblemKind::NotFound, "No page of Ninerouter has this address.");
    view! {
        <Frame at=Place::Nowhere title="Not found">
            <Broken problem />
        </Frame>
    }
    .into_any()
}
