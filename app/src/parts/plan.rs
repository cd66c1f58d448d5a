//! A plan: what would be tried, or was meant to be, in which order and why; and what was left out.

use super::mark::TierChip;
use crate::api::combos::PlanRow;
use crate::api::requests::Exclusion;
use leptos::prelude::*;

/// The attempts in order.
#[component]
pub fn PlanSteps(steps: Vec<PlanRow>) -> impl IntoView {
    let lines = steps.into_iter().map(|step| {
        view! {
            <li>
                <span class="two grow">
                    <span class="mono">{step.target}</span>
                    <span class="soft">{step.account} ": " {step.why}</span>
                </span>
                {step.tier.map(|tier| view! { <TierChip tier /> })}
            </li>
        }
    });
    view! { <ol class="lines plan-steps">{lines.collect_view()}</ol> }.into_any()
}

/// What was left out, and why.
#[component]
pub fn Excluded(exclusions: Vec<Exclusion>) -> impl IntoView {
    let lines = exclusions.into_iter().map(|left_out| {
        view! {
            <li>
                <span class="two">
                    <span class="mono">{left_out.what}</span>
                    <span class="soft">{left_out.why}</span>
                </span>
            </li>
        }
    });
    view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
}
