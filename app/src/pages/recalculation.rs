//! Recorded costs calculated anew: a part of the prices page.

use crate::api::prices::Recalculation;
use crate::parts::field::Field;
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::time::Ago;
use leptos::prelude::*;

/// The part of the page that changes while one is under way.
const REGION: &str = "recalculation";

/// What recalculating does, how far it has come, and a button for it.
#[component]
pub fn Recorded(recalculation: Option<Recalculation>) -> impl IntoView {
    let under_way = recalculation.is_some_and(|one| one.ended_at.is_none());
    view! {
        <section class="card" aria-labelledby="recorded">
            <h2 id="recorded">"Recorded costs"</h2>
            <p class="soft">
                "A new price counts for requests to come. Those that were recorded keep what they cost at the time, until you \
                 have them recalculated: at the prices above, for single requests as long as they are kept, and for older \
                 hours by their tokens. An older hour of unknown price stays as it is, and so does what a provider stated \
                 that it billed. What the saver spared is not recalculated."
            </p>
            <div id=REGION>
                {recalculation.map(|one| view! { <State one /> })}
                {(!under_way)
                    .then(|| {
                        view! {
                            <Form
                                action="recalculate"
                                class="row-form even"
                                done=Done::Toast("Recorded costs are being recalculated.".to_owned())
                            >
                                <Field
                                    id="recalculate-from"
                                    name="from"
                                    kind="date"
                                    label="From this day on"
                                    help="Leave it empty for all that is kept."
                                />
                                <div class="row-end">
                                    <button type="submit" class="button">
                                        "Recalculate recorded costs"
                                    </button>
                                </div>
                            </Form>
                        }
                    })}
            </div>
        </section>
    }
    .into_any()
}

/// How far it has come, or what it changed.
#[component]
fn State(one: Recalculation) -> impl IntoView {
    if let Some(ended) = one.ended_at {
        return view! {
            <p role="status">
                {outcome(&one)} " " <span class="faint">"Recalculated " <Ago at=ended /> "."</span>
            </p>
        }
        .into_any();
    }
    let words = format!(
        "{} of {} requests recalculated",
        format::count(one.requests_done),
        format::count(one.requests)
    );
    view! {
        <div data-watches=REGION role="status">
            <p>{words}</p>
            <progress max=one.requests.max(1) value=one.requests_done aria-label="Requests recalculated"></progress>
            <noscript>
                <p class="faint">"Load this page again to see how far it has come."</p>
            </noscript>
        </div>
    }
    .into_any()
}

/// What it changed, in words.
fn outcome(one: &Recalculation) -> String {
    let spend = match one.cost_after == one.cost_before {
        true => format!("Spend of the last 30 days: {}, as before", format::money(one.cost_after)),
        false => format!(
            "Spend of the last 30 days: {}, was {}",
            format::money(one.cost_after),
            format::money(one.cost_before)
        ),
    };
    match one.unknown_after {
        0 => format!("{spend}."),
        1 => format!("{spend}; 1 request still has no price."),
        many => format!("{spend}; {} requests still have no price.", format::count(many)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_said() {
        let one = Recalculation {
            cost_before: 10_900_000_000,
            cost_after: 12_100_000_000,
            unknown_after: 40,
            ..Recalculation::default()
        };
        let words = "Spend of the last 30 days: $12.10, was $10.90; 40 requests still have no price.";
        assert_eq!(outcome(&one), words);
        let same = Recalculation { cost_before: 12_100_000_000, unknown_after: 0, ..one };
        assert_eq!(outcome(&same), "Spend of the last 30 days: $12.10, as before.");
    }
}
