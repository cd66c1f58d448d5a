//! The saver: what it has saved, how far tool output is shortened, and what it would make of a text.

use super::saver_ledger::{Figures, Filters, Ledger};
use super::saver_preview::{Try, submitted, tried};
use crate::api::saver::{KeySaver, SaverLevel, load_saver};
use crate::api::terse::Terse;
use crate::parts::field::{Hidden, Select};
use crate::parts::form::{Done, Form};
use crate::parts::frame::{Place, framed};
use crate::parts::icon::Glyph;
use crate::parts::state::Empty;
use leptos::prelude::*;

/// The saver.
#[component]
pub fn Saver() -> impl IntoView {
    let posted = submitted();
    let data = async move { Ok((load_saver().await?, tried(posted).await)) };
    framed(
        Place::Saver,
        |_| "Saver".to_owned(),
        data,
        |(page, tried)| {
            let level = page.level;
            let saved = if page.total.saving.texts > 0 {
                view! {
                    <Figures total=page.total since=page.since />
                    <Ledger by_day=page.by_day by_tool=page.by_tool by_model=page.by_model />
                }
                .into_any()
            } else {
                view! { <Nothing level /> }.into_any()
            };
            view! {
                {saved}
                <div class="columns even">
                    <Level level />
                    <Keys keys=page.keys />
                </div>
                <Filters filters=page.filters saved=page.by_filter />
                <Try tried level />
            }
            .into_any()
        },
    )
}

/// A level's name.
pub(super) fn name(level: SaverLevel) -> &'static str {
    match level {
        SaverLevel::Off => "Off",
        SaverLevel::Exact => "Exact",
        SaverLevel::Safe => "Safe",
        SaverLevel::Strong => "Strong",
    }
}

/// A level in words.
fn words(level: SaverLevel) -> &'static str {
    match level {
        SaverLevel::Off => "Everything goes to the model as the tool gave it.",
        SaverLevel::Exact => {
            "Only redundancy goes: colours, repeated lines, blanks that align, what is far from a change in a diff."
        }
        SaverLevel::Safe => {
            "What a model does not need goes, too, and is counted: tests that pass, progress, downloads."
        }
        SaverLevel::Strong => {
            "Long output is cut in the middle as well, with a line that says how much is missing."
        }
    }
}

#[component]
fn Nothing(level: SaverLevel) -> impl IntoView {
    let words = if level == SaverLevel::Off {
        "The saver is off. Once it is on, this page shows how many tokens of tool output a model did not have to read, \
         what they would have cost, and which tools and models that was."
    } else {
        "With the first request that shows a model what a tool gave, such as a test run or a diff, this page shows how \
         many tokens it did not have to read, what they would have cost, and which tools and models that was."
    };
    view! {
        <section class="card">
            <Empty glyph=Glyph::Saver title="Nothing is saved yet" words>
                <a class="button" href="#try">
                    "Try it on a text"
                </a>
            </Empty>
        </section>
    }
    .into_any()
}

#[component]
fn Level(level: SaverLevel) -> impl IntoView {
    let levels = SaverLevel::ALL.map(|one| {
        let id = format!("level-{}", one.word());
        view! {
            <div class="level">
                <input
                    type="radio"
                    id=id.clone()
                    name="level"
                    value=one.word()
                    checked=one == level
                    aria-describedby=format!("{id}-words")
                />
                <label for=id.clone()>{name(one)}</label>
                <p class="faint" id=format!("{id}-words")>
                    {words(one)}
                </p>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="level">
            <header>
                <h2 id="level">"How far"</h2>
                <a class="end" href="#try">
                    "Try it on a text"
                </a>
            </header>
            <p class="soft">
                "What tools gave is made shorter before a model reads it. What failed is never touched, every cut leaves a \
                 line that says what is missing, and the same text always becomes the same, so that prompts stay cached. A \
                 conversation goes on as it began: less comes at once, more with the next one."
            </p>
            <Form action="save_saver_level" done=Done::Toast("The level was saved.".to_owned())>
                <fieldset class="levels">
                    <legend class="visually-hidden">"Level"</legend>
                    {levels.collect_view()}
                </fieldset>
                <button type="submit" class="button">
                    "Save the level"
                </button>
            </Form>
        </section>
    }
    .into_any()
}

#[component]
fn Keys(keys: Vec<KeySaver>) -> impl IntoView {
    let body = if keys.is_empty() {
        view! {
            <p class="faint">"There is no key yet."</p>
            <p>
                <a href="/connect">"Make one on Connect"</a>
            </p>
        }
        .into_any()
    } else {
        let lines = keys.into_iter().map(|key| view! { <Key key /> });
        view! {
            <div class="scroll tall" tabindex="0" role="region" aria-label="Keys and their levels">
                <ul class="lines">{lines.collect_view()}</ul>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="key-levels">
            <header>
                <h2 id="key-levels">"By key"</h2>
            </header>
            <p class="soft key-words">
                "A key may go further than the rest, or not as far. A request itself may say a level, too, in the header "
                <code>"x-ninerouter-saver"</code> ". Terse answers are asked for by an instruction at the end of the \
                system prompt; code, commands, errors and warnings stay whole. A combo may ask for them, too."
            </p>
            {body}
        </section>
    }
    .into_any()
}

#[component]
fn Key(key: KeySaver) -> impl IntoView {
    let options = std::iter::once((String::new(), "As everything else".to_owned()))
        .chain(SaverLevel::ALL.map(|level| (level.word().to_owned(), name(level).to_owned())))
        .collect::<Vec<_>>();
    let chosen = key.level.map(|level| level.word().to_owned()).unwrap_or_default();
    let terse = std::iter::once((String::new(), "As the combo says".to_owned()))
        .chain(Terse::ALL.map(|level| (level.word().to_owned(), level.name().to_owned())))
        .collect::<Vec<_>>();
    let terse_chosen = key.terse.map(|level| level.word().to_owned()).unwrap_or_default();
    let toast = format!("What goes for {} was saved.", key.name);
    view! {
        <li>
            <Form action="save_key_saver" class="key-level" done=Done::Toast(toast)>
                <Hidden name="id" value=key.id.to_string() />
                <fieldset>
                    <legend>{key.name.clone()}</legend>
                    <Select id=format!("key-{}", key.id) name="level" label="Tool output" options chosen />
                    <Select
                        id=format!("terse-{}", key.id)
                        name="terse"
                        label="Terse answers"
                        options=terse
                        chosen=terse_chosen
                    />
                    <button type="submit" class="button" aria-label=format!("Save what goes for {}", key.name)>
                        "Save"
                    </button>
                </fieldset>
            </Form>
        </li>
    }
    .into_any()
}
