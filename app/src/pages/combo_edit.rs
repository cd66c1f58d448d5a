//! Making and changing a combo.

use super::aliases::Choices;
use super::combo_card::strategy_words;
use crate::api::combos::{Combo, ComboTarget, Strategy, load_combos};
use crate::api::terse::Terse;
use crate::api::{Millis, Problem, ProblemKind};
use crate::parts::budget::{BudgetInputs, budget_words};
use crate::parts::dialog::{Confirm, Opens};
use crate::parts::field::{Below, Field, Hidden, Select, Tick};
use crate::parts::form::{Done, Form};
use crate::parts::format::seconds;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the editor shows.
#[derive(Clone)]
struct Editing {
    /// The name it has now; `None` for a new one.
    replaces: Option<String>,
    combo: Combo,
    choices: Vec<String>,
    limits: (Millis, Millis),
}

/// Makes a combo, or changes the one that `?combo=` names.
#[component]
pub fn ComboEdit() -> impl IntoView {
    let replaces = use_query_map().with_untracked(|query| query.get("combo"));
    let data = async move {
        let page = load_combos().await?;
        let combo = match &replaces {
            None => Combo::new("", Vec::new()),
            Some(name) => {
                let card = page.cards.into_iter().find(|card| card.combo.name == *name);
                let words = || format!("There is no combo called “{name}”.");
                card.ok_or_else(|| Problem::new(ProblemKind::NotFound, words()))?.combo
            }
        };
        // A combo cannot be its own target.
        let choices = page.choices.into_iter().filter(|choice| *choice != combo.name).collect();
        Ok(Editing { replaces, combo, choices, limits: page.usual_limits })
    };
    let title = |page: &Editing| match &page.replaces {
        Some(name) => format!("Change {name}"),
        None => "New combo".to_owned(),
    };
    framed(Place::Combos, title, data, |page| {
        let done = match page.replaces {
            Some(_) => "The combo was changed.",
            None => "The combo was made. Its name can be asked for from now on.",
        };
        let exists = page.replaces.is_some();
        let removing = exists.then(|| view! { <Remove name=page.combo.name.clone() /> });
        view! {
            <p class="crumbs">
                <a href="/combos">
                    <Icon glyph=Glyph::Left />
                    "All combos"
                </a>
            </p>
            <Form action="save_combo" class="stack" done=Done::Toast(done.to_owned())>
                <Hidden name="replaces" value=page.replaces.clone().unwrap_or_default() />
                {page.combo.enabled.then(|| view! { <Hidden name="enabled" value="true" /> })}
                <div class="columns">
                    <Targets combo=page.combo.clone() />
                    <Ways combo=page.combo.clone() limits=page.limits />
                </div>
                <p class="buttons">
                    <button type="submit" class="button primary">
                        {if page.replaces.is_some() { "Save" } else { "Make the combo" }}
                    </button>
                    <a class="button plain" href="/combos">
                        "Cancel"
                    </a>
                    {exists
                        .then(|| {
                            view! {
                                <span class="end">
                                    <Opens dialog="remove-combo" class="button danger-plain">
                                        <Icon glyph=Glyph::Bin />
                                        "Remove the combo"
                                    </Opens>
                                </span>
                            }
                        })}
                </p>
            </Form>
            {removing}
            <Choices choices=page.choices />
            <p class="visually-hidden" role="status" data-filled="arranged"></p>
        }
        .into_any()
    })
}

#[component]
fn Remove(name: String) -> impl IntoView {
    view! {
        <Confirm
            id="remove-combo"
            title=format!("Remove {name}?")
            words="The name becomes unknown: tools that ask for it get an error. Past requests stay in the list."
            submit="Remove the combo"
            action="remove_combo"
            toast="The combo was removed."
        >
            <Hidden name="name" value=name.clone() />
        </Confirm>
    }
    .into_any()
}

#[component]
fn Targets(combo: Combo) -> impl IntoView {
    let mut targets: Vec<_> = combo.targets.into_iter().map(Some).collect();
    // Lines to fill in, also where no script can add one.
    let spare = if targets.is_empty() { 3 } else { 1 };
    targets.extend((0..spare).map(|_| None));
    let next = targets.len();
    let lines = targets.into_iter().enumerate().map(|(number, target)| {
        view! { <TargetLine number=number.to_string() target /> }
    });
    view! {
        <section class="card" aria-labelledby="targets-title">
            <Field
                id="combo-name"
                name="name"
                label="Name"
                mono=true
                required=true
                autofocus=combo.name.is_empty()
                placeholder="coder"
                value=combo.name.clone()
                help="What your tool asks for as the model: letters, digits and - _ . : are fine."
            />
            <header class="targets-head">
                <h2 id="targets-title">"Targets"</h2>
                <span class="faint">"a line without a model is left out"</span>
            </header>
            <ol id="targets" class="lines chain" data-list="" data-next=next>
                {lines.collect_view()}
            </ol>
            <template id="targets-template">
                <TargetLine number="NEW" target=None />
            </template>
            <p class="buttons">
                <button type="button" class="button small needs-script" data-adds="targets">
                    <Icon glyph=Glyph::Plus />
                    "Add a target"
                </button>
            </p>
        </section>
    }
    .into_any()
}

#[component]
fn TargetLine(#[prop(into)] number: String, target: Option<ComboTarget>) -> impl IntoView {
    let ComboTarget { model, enabled, weight, budget } = target.unwrap_or_else(|| ComboTarget::new(""));
    let group = format!("targets[{number}]");
    let id = |part: &str| format!("target-{number}-{part}");
    let summary = budget.map_or("No budget".to_owned(), |budget| format!("Budget: {}", budget_words(budget)));
    view! {
        <li class="target editable" data-item="">
            <span class="grip needs-script" data-grip="" aria-hidden="true">
                <Icon glyph=Glyph::Grip />
            </span>
            <span class="target-place" aria-hidden="true"></span>
            <div class="target-words">
                <div class="field">
                    <label class="visually-hidden" for=id("model")>
                        "Model"
                    </label>
                    <input
                        id=id("model")
                        name=format!("{group}[model]")
                        class="mono"
                        type="text"
                        list="choices"
                        placeholder="provider/model"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        value=model
                        aria-describedby=id("model-error")
                    />
                    <Below id=id("model") help="" />
                </div>
                <div class="target-options">
                    <label class="use">
                        <input type="checkbox" name=format!("{group}[enabled]") value="true" checked=enabled />
                        "In use"
                    </label>
                    <div class="field weight">
                        <label for=id("weight")>"Weight"</label>
                        <input
                            id=id("weight")
                            name=format!("{group}[weight]")
                            type="number"
                            min="1"
                            max="1000"
                            step="1"
                            value=weight.to_string()
                            aria-describedby=id("weight-error")
                        />
                        <Below id=id("weight") help="" />
                    </div>
                    <details class="fold budget" open=budget.is_some()>
                        <summary>
                            <Icon glyph=Glyph::Right />
                            <span>{summary}</span>
                        </summary>
                        <BudgetInputs id=id("budget") group=format!("{group}[budget]") budget />
                    </details>
                </div>
            </div>
            <span class="moves needs-script">
                <button type="button" class="icon-button" data-move="up" aria-label="Move this target up">
                    <Icon glyph=Glyph::Up />
                </button>
                <button type="button" class="icon-button" data-move="down" aria-label="Move this target down">
                    <Icon glyph=Glyph::Down />
                </button>
                <button type="button" class="icon-button" data-removes="" aria-label="Take this target out">
                    <Icon glyph=Glyph::Cross />
                </button>
            </span>
        </li>
    }
    .into_any()
}

/// Strategy and limits.
#[component]
fn Ways(combo: Combo, limits: (Millis, Millis)) -> impl IntoView {
    let options =
        Strategy::ALL.map(|one| (one.as_str().to_owned(), strategy_words(one).0.to_owned())).to_vec();
    let sentences = Strategy::ALL.map(|one| {
        view! {
            <p class=format!("help way-{}", one.as_str())>
                {strategy_words(one).1}
            </p>
        }
    });
    let terse = Terse::ALL.map(|one| (one.word().to_owned(), one.sentence().to_owned())).to_vec();
    let typed = |millis: Option<i64>| millis.map_or(String::new(), seconds);
    view! {
        <section class="card stack ways" aria-labelledby="ways">
            <h2 id="ways">"Strategy and limits"</h2>
            <div>
                <Select
                    id="strategy"
                    name="strategy"
                    label="Who goes first"
                    options
                    chosen=combo.strategy.as_str()
                    describes="strategy-words"
                />
                <div id="strategy-words" class="strategy-words" aria-live="polite">
                    {sentences}
                </div>
            </div>
            <Tick
                id="hedge"
                name="hedge"
                label="Start the next target beside a silent one"
                ticked=combo.hedge
                help="Whoever answers first is used, the other is dropped. It may cost a few tokens twice. This is called hedging."
            />
            <Field
                id="first_token_s"
                name="first_token_s"
                label="First token within"
                kind="number"
                min="0.1"
                step="any"
                unit="seconds"
                placeholder=seconds(limits.0)
                value=typed(combo.first_token_ms)
                help="After so long a target counts as silent. Empty: as in the settings."
            />
            <Tick
                id="rescue"
                name="rescue"
                label="Continue an answer that breaks off"
                ticked=combo.rescue
                help="The next target goes on from the last word, so that your tool notices nothing. This is called rescue."
            />
            <Field
                id="stall_s"
                name="stall_s"
                label="A stream may stand still for"
                kind="number"
                min="0.1"
                step="any"
                unit="seconds"
                placeholder=seconds(limits.1)
                value=typed(combo.stall_ms)
                help="After so long it counts as broken off. Empty: as in the settings."
            />
            <Field
                id="max_attempts"
                name="max_attempts"
                label="For one request at most"
                kind="number"
                min="1"
                step="1"
                unit="calls"
                placeholder="any"
                value=combo.max_attempts.map_or(String::new(), |most| most.to_string())
                help="Empty: as many as there are targets and accounts."
            />
            <Select
                id="terse"
                name="terse"
                label="Terse answers"
                options=terse
                chosen=combo.terse.word()
                help="Adds an instruction to the end of the system prompt. Code, commands, errors and warnings stay whole. A key can say its own on the Saver page."
            />
        </section>
    }
    .into_any()
}
