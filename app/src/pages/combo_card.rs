//! One combo on the list: its targets as a chain that can be put in another order, how it works, and the plan for a
//! request of now.

use crate::api::combos::{Combo, ComboCard, ComboTarget, RoutePlan, Strategy, TargetHealth, TargetState};
use crate::api::{Millis, Problem, Tier};
use crate::parts::budget::BudgetMeter;
use crate::parts::copy::CopyButton;
use crate::parts::field::Hidden;
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{Badge, TierChip, Tone};
use crate::parts::plan::{Excluded, PlanSteps};
use crate::parts::time::Until;
use leptos::prelude::*;

/// A strategy's name and what it does.
pub(super) fn strategy_words(strategy: Strategy) -> (&'static str, &'static str) {
    match strategy {
        Strategy::Priority => {
            ("In order", "The first one answers; the next only when those before it cannot.")
        }
        Strategy::RoundRobin => {
            ("In turn", "Each target goes first in turn, so that requests are spread evenly.")
        }
        Strategy::Weighted => {
            ("By weight", "Each target goes first as often as its weight says, against the others' weights.")
        }
        Strategy::LeastCost => (
            "Cheapest first",
            "What costs least for the request at hand goes first; unknown prices come last.",
        ),
        Strategy::Fastest => ("Fastest first", "What sent its first token soonest of late goes first."),
        Strategy::LeastBusy => ("Least busy first", "What has the fewest requests under way goes first."),
        Strategy::DrainFirst => (
            "What resets soonest first",
            "The quota that begins anew soonest is used first: what is left of it would be lost.",
        ),
    }
}

#[component]
pub fn ComboView(
    /// Its place on the page, for ids.
    number: usize,
    card: ComboCard,
    plan: Option<Result<RoutePlan, Problem>>,
    /// First token and stall where the combo states none, in ms.
    limits: (Millis, Millis),
    /// All combos, which may be targets too.
    names: Vec<String>,
) -> impl IntoView {
    let ComboCard { combo, states } = card;
    let title = format!("combo-{number}");
    let class = if combo.enabled { "card combo" } else { "card combo off" };
    let (name, model) = (combo.name.clone(), combo.name.clone());
    let lines = combo.targets.iter().zip(states).map(|(target, state)| {
        let is_combo = names.contains(&target.model);
        view! { <Target target=target.clone() state weighted=combo.strategy == Strategy::Weighted is_combo /> }
    });
    let lines = lines.collect_view();
    view! {
        <section class=class aria-labelledby=title.clone()>
            <Head number combo=combo.clone() />
            <div class="combo-body">
                <div>
                    <Form action="arrange_combo">
                        <Hidden name="name" value=name />
                        <ol class="lines chain" data-list="" data-arranges=model>
                            {lines}
                        </ol>
                    </Form>
                    <How combo=combo.clone() limits />
                </div>
                <div id=format!("plan-{number}") class="plan">
                    {plan.map(|plan| view! { <Plan number name=combo.name.clone() plan /> })}
                </div>
            </div>
            <p class="visually-hidden" role="status" data-filled=format!("plan-{number}-said")></p>
        </section>
    }
    .into_any()
}

fn plan_address(name: &str, number: usize) -> String {
    format!("/combos?plan={}#combo-{number}", format::encode(name))
}

#[component]
fn Head(number: usize, combo: Combo) -> impl IntoView {
    let name = combo.name;
    let [use_it, dry, what_if, change] = ["Use", "Dry run of", "What if all had gone through", "Change"]
        .map(|verb| format!("{verb} the combo {name}"));
    let (switch, flipped) = if combo.enabled { ("true", "false") } else { ("false", "true") };
    let (switched, tried) = (name.clone(), name.clone());
    view! {
        <header class="combo-head">
            <Form action="enable_combo">
                <Hidden name="name" value=switched />
                <Hidden name="enabled" value=flipped />
                <button type="submit" class="switch" role="switch" aria-checked=switch aria-label=use_it></button>
            </Form>
            <h2 id=format!("combo-{number}")>
                <code id=format!("combo-name-{number}")>{name.clone()}</code>
            </h2>
            <CopyButton from=format!("combo-name-{number}") what="the name" />
            {(!combo.enabled).then(|| view! { <Badge tone=Tone::Quiet glyph=Glyph::Pause text="Off" /> })}
            <div class="buttons end">
                <Form action="try_model" class="test" done=Done::Say>
                    <Hidden name="model" value=tried />
                    <button type="submit" class="button small" title="Sends one short real request">
                        <Icon glyph=Glyph::Play />
                        "Try it"
                    </button>
                </Form>
                <a
                    class="button small"
                    href=plan_address(&name, number)
                    data-shows=format!("plan-{number}")
                    aria-label=dry
                    title="Shows what a request would do now; sends nothing"
                >
                    "Dry run"
                </a>
                <a
                    class="button small"
                    href=format!("/what-if?to={}", format::encode(&name))
                    aria-label=what_if
                    title="Estimates what recorded usage would have cost through this combo"
                >
                    "What if…"
                </a>
                <a
                    class="button small"
                    href=format!("/combos/edit?combo={}", format::encode(&name))
                    aria-label=change
                >
                    <Icon glyph=Glyph::Pencil />
                    "Change"
                </a>
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn Target(target: ComboTarget, state: TargetState, weighted: bool, is_combo: bool) -> impl IntoView {
    let model = target.model;
    let item = model.clone();
    let (tone, glyph, word) = match state.health {
        TargetHealth::Ready => (Tone::Good, Glyph::Check, "Ready"),
        TargetHealth::Waiting => (Tone::Warn, Glyph::Clock, "Waiting"),
        TargetHealth::Unusable => (Tone::Bad, Glyph::Warning, "Needs a hand"),
        TargetHealth::Off => (Tone::Quiet, Glyph::Pause, "Off"),
    };
    let [up, down, flip] = ["Move up", "Move down", "Use"].map(|verb| format!("{verb} {model}"));
    let price = match state.price {
        _ if state.tier.is_some_and(|tier| tier != Tier::Cheap) => "covered".to_owned(),
        Some(price) if price.input == 0 && price.output == 0 => "free".to_owned(),
        Some(price) => {
            format!("{} in, {} out", format::per_million(price.input), format::per_million(price.output))
        }
        None => "price unknown".to_owned(),
    };
    let context = match state.context.and_then(|context| i64::try_from(context).ok()) {
        Some(context) => format!("{} context", format::tokens(context)),
        None => "context unknown".to_owned(),
    };
    let sentence = format::ended(&state.sentence);
    let first =
        state.first_token_ms.map(|first| format!(" First token after {} of late.", format::took(first)));
    view! {
        <li class="target" class:off=!target.enabled data-item=item>
            <span class="grip needs-script" data-grip="" aria-hidden="true">
                <Icon glyph=Glyph::Grip />
            </span>
            <span class="target-place" aria-hidden="true"></span>
            <div class="target-words">
                <p class="target-name">
                    <span class="mono">{model.clone()}</span>
                    {weighted.then(|| view! { <span class="faint">"weight " {target.weight}</span> })}
                </p>
                <p class="soft">
                    {sentence} {first}
                    {state.waits_until.map(|at| view! { <span class="faint">" Back " <Until at /> "."</span> })}
                </p>
                {target.budget.map(|budget| view! { <BudgetMeter budget spent=state.spent /> })}
            </div>
            <div class="target-marks">
                {match state.tier {
                    Some(tier) => view! { <TierChip tier /> }.into_any(),
                    None if is_combo => {
                        view! { <Badge tone=Tone::Quiet glyph=Glyph::Combos text="Combo" /> }.into_any()
                    }
                    None => ().into_any(),
                }}
                <Badge tone glyph text=word />
            </div>
            <p class="target-facts faint">
                {(!is_combo)
                    .then(|| {
                        view! {
                            <span title="US dollars per million tokens">{price}</span>
                            <span>{context}</span>
                        }
                    })}
            </p>
            <span class="moves">
                <button class="icon-button" name="up" value=model.clone() data-move="up" aria-label=up>
                    <Icon glyph=Glyph::Up />
                </button>
                <button class="icon-button" name="down" value=model.clone() data-move="down" aria-label=down>
                    <Icon glyph=Glyph::Down />
                </button>
            </span>
            <button
                class="switch"
                role="switch"
                name="flip"
                value=model
                aria-checked=if target.enabled { "true" } else { "false" }
                aria-label=flip
            ></button>
        </li>
    }
    .into_any()
}

/// Strategy and limits, folded away behind their summary.
#[component]
fn How(combo: Combo, limits: (Millis, Millis)) -> impl IntoView {
    let (name, sentence) = strategy_words(combo.strategy);
    let limit = |own: Option<i64>, usual: i64| match own {
        Some(own) => format::took(own),
        None => format!("{}, as in the settings", format::took(usual)),
    };
    let silent = match combo.hedge {
        true => format!(
            "After {} without a token the next target is started beside it.",
            format::took(combo.first_token_ms.unwrap_or(limits.0))
        ),
        false => "It is waited for as long as the settings say.".to_owned(),
    };
    let broken =
        if combo.rescue { "The next target goes on where it broke off." } else { "The tool gets an error." };
    let on = |on: bool| if on { "on" } else { "off" };
    let summary = format!("{name}, hedge {}, rescue {}", on(combo.hedge), on(combo.rescue));
    let most = match combo.max_attempts {
        Some(most) => format::counted(i64::from(most), "call", "calls"),
        None => "as many as there are targets and accounts".to_owned(),
    };
    let facts = [
        ("Who goes first", sentence.to_owned()),
        ("A silent target", silent),
        ("A stream that breaks", broken.to_owned()),
        ("First token within", limit(combo.first_token_ms, limits.0)),
        ("A stream may stand still for", limit(combo.stall_ms, limits.1)),
        ("For one request at most", most),
        ("Terse answers", combo.terse.sentence().to_owned()),
    ];
    let facts = facts.map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! {
        <details class="fold">
            <summary>
                <Icon glyph=Glyph::Right />
                <span>{summary}</span>
            </summary>
            <dl class="pairs">{facts}</dl>
        </details>
    }
    .into_any()
}

#[component]
fn Plan(number: usize, name: String, plan: Result<RoutePlan, Problem>) -> impl IntoView {
    let (plan, fault) = match plan {
        Ok(plan) => {
            let fault = plan.fault.clone();
            (plan, fault)
        }
        Err(problem) => (RoutePlan::default(), problem.message),
    };
    let said = match plan.steps.first() {
        Some(first) => format!(
            "A request for {name} would go to {} first, {} in all.",
            first.target,
            format::counted(
                i64::try_from(plan.steps.len()).unwrap_or(0),
                "attempt is planned",
                "attempts are planned"
            )
        ),
        None => fault.clone(),
    };
    view! {
        <section class="plan-card" data-said=said aria-label=format!("Plan for {name}")>
            <header>
                <h3>"A short request now"</h3>
                <a
                    class="button small end"
                    href=plan_address(&name, number)
                    data-shows=format!("plan-{number}")
                    data-renews=""
                >
                    "Again"
                </a>
                <a class="icon-button" href="/combos" data-shows=format!("plan-{number}") aria-label="Close the plan">
                    <Icon glyph=Glyph::Cross />
                </a>
            </header>
            {(!fault.is_empty())
                .then(|| {
                    view! {
                        <p class="alert bad">
                            <Icon glyph=Glyph::Warning />
                            <span>{fault.clone()}</span>
                        </p>
                    }
                })}
            <PlanSteps steps=plan.steps />
            {(!plan.exclusions.is_empty())
                .then(|| {
                    view! {
                        <h3>"Left out"</h3>
                        <Excluded exclusions=plan.exclusions.clone() />
                    }
                })}
        </section>
    }
    .into_any()
}
