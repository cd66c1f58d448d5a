//! Combos: several targets under one model name, and other names for models.

use super::aliases::Aliases;
use super::combo_card::ComboView;
use crate::api::combos::{CombosPage, RoutePlan, load_combos, load_plan};
use crate::api::{Millis, Problem};
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What a combo is.
const WHAT: &str = "A combo is a model name of your own with several targets behind it. Your tool asks for that one name; \
                    when a target is used up, fails or falls silent, the next one answers.";

/// Combos. `?plan=` shows what a request for that combo would do now, `?model=` begins an alias for that model.
#[component]
pub fn Combos() -> impl IntoView {
    let asked = use_query_map().with_untracked(|query| query.get("plan"));
    let model = use_query_map().with_untracked(|query| query.get("model")).unwrap_or_default();
    let data = async move {
        let page = load_combos().await?;
        let plan = match asked {
            Some(name) => Some((name.clone(), load_plan(name).await)),
            None => None,
        };
        Ok((page, plan))
    };
    framed(
        Place::Combos,
        |_| "Combos".to_owned(),
        data,
        move |(page, plan)| {
            view! {
                <List page=page.clone() plan />
                <Aliases aliases=page.aliases choices=page.choices model />
                <p class="visually-hidden" role="status" data-filled="arranged"></p>
            }
            .into_any()
        },
    )
}

#[component]
fn List(page: CombosPage, plan: Option<(String, Result<RoutePlan, Problem>)>) -> impl IntoView {
    let limits: (Millis, Millis) = page.usual_limits;
    if page.cards.is_empty() {
        return view! {
            <section class="card">
                <Empty glyph=Glyph::Combos title="No combo yet" words=WHAT>
                    <a class="button primary" href="/combos/edit">
                        "Make a combo"
                    </a>
                </Empty>
            </section>
        }
        .into_any();
    }
    let names: Vec<_> = page.cards.iter().map(|card| card.combo.name.clone()).collect();
    let cards = page.cards.into_iter().enumerate().map(|(number, card)| {
        let plan = plan.as_ref().filter(|(name, _)| *name == card.combo.name).map(|(_, plan)| plan.clone());
        view! { <ComboView number card plan limits names=names.clone() /> }
    });
    view! {
        <div class="page-head">
            <p class="soft">{WHAT}</p>
            <a class="button primary" href="/combos/edit">
                <Icon glyph=Glyph::Plus />
                "Make a combo"
            </a>
        </div>
        {cards.collect_view()}
    }
    .into_any()
}
