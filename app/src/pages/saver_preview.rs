//! What the saver would make of a text: both side by side, and what acted on it.
//!
//! As on the Translator page the form posts to the page itself, and with JavaScript takes the region `preview` from it.

use super::translator::coded;
use crate::api::Problem;
use crate::api::saver::{Preview, SAMPLE_LIMIT, Sample, SaverLevel, SavingRow, preview_saver};
use crate::parts::field::{Field, Select, inside_textarea};
use crate::parts::form::{Done, EnhancedForm};
use crate::parts::format;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::stretches::Stretches;
use leptos::prelude::*;

/// What was posted to this page. The server reads the form and puts this among the extensions of the request.
#[derive(Clone, Debug)]
pub struct Submitted(pub Result<Sample, Problem>);

/// The longest form: every byte of a text may become three, and a line end six.
pub const FORM_LIMIT: usize = 4 * SAMPLE_LIMIT + 4096;

/// Something was pasted that is longer than a preview may be. `bytes` where that is known.
pub fn too_long(bytes: Option<usize>) -> Problem {
    let size = |bytes: usize| format::bytes(i64::try_from(bytes).unwrap_or(i64::MAX));
    let limit = size(SAMPLE_LIMIT);
    let said = match bytes {
        Some(bytes) => format!("This text has {}; at most {limit} are shown here.", size(bytes)),
        None => format!("This text is too long; at most {limit} are shown here."),
    };
    Problem::invalid("text", format!("{said} In a request the saver also shortens longer ones."))
}

/// What was asked of the page, and what became of it.
#[derive(Clone, Debug)]
pub struct Tried {
    sample: Sample,
    outcome: Option<Result<Preview, Problem>>,
}

/// Does what was posted to this page, if anything was.
pub async fn tried(posted: Option<Submitted>) -> Tried {
    match posted {
        None => Tried { sample: Sample::default(), outcome: None },
        Some(Submitted(Err(problem))) => Tried { sample: Sample::default(), outcome: Some(Err(problem)) },
        Some(Submitted(Ok(sample))) => {
            let outcome = preview_saver(sample.clone()).await;
            Tried { sample, outcome: Some(outcome) }
        }
    }
}

#[cfg(feature = "ssr")]
/// What was posted to this page.
pub fn submitted() -> Option<Submitted> {
    use_context::<http::request::Parts>()?.extensions.get().cloned()
}

/// The browser half never asks.
#[cfg(not(feature = "ssr"))]
pub fn submitted() -> Option<Submitted> {
    None
}

#[component]
pub fn Try(
    tried: Tried,
    /// The level that is chosen at first.
    level: SaverLevel,
) -> impl IntoView {
    let Tried { sample, outcome } = tried;
    let level = match (&outcome, level) {
        (Some(_), _) => sample.level,
        (None, SaverLevel::Off) => SaverLevel::default(),
        (None, level) => level,
    };
    let levels = SaverLevel::ALL.into_iter().filter(|level| *level != SaverLevel::Off);
    let options =
        levels.map(|level| (level.word().to_owned(), super::saver::name(level).to_owned())).collect();
    view! {
        <section class="card" aria-labelledby="try">
            <header>
                <h2 id="try">"Try it on a text"</h2>
                <span class="faint">"Nothing of it is stored, logged or sent to a provider."</span>
            </header>
            <EnhancedForm
                action="/saver#preview".to_owned()
                class="sample".to_owned()
                done=Done::Show("preview".to_owned())
                refused=String::new()
            >
                <div class="field sample-text">
                    <label for="text">"What a tool gave"</label>
                    <textarea
                        id="text"
                        name="text"
                        class="mono"
                        rows="9"
                        required=true
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        placeholder="Paste the output of a test run, a diff, a log, a listing"
                    >
                        {inside_textarea(&sample.text)}
                    </textarea>
                </div>
                <div class="sample-choices">
                    <Field
                        id="sample-tool"
                        name="tool"
                        label="Which tool that was"
                        value=sample.tool.clone()
                        placeholder="git diff"
                        help="A command line, or a tool's name such as Read. May stay empty."
                        mono=true
                    />
                    <Select
                        id="sample-level"
                        name="level"
                        label="At the level"
                        options
                        chosen=level.word()
                        help="With the filters as they are switched above."
                    />
                    <button type="submit" class="button primary">
                        "Show what a model would get"
                    </button>
                </div>
                <div id="preview">
                    <Outcome outcome />
                </div>
            </EnhancedForm>
            <p class="visually-hidden" role="status" data-filled="preview-said"></p>
        </section>
    }
    .into_any()
}

/// The result, or what is in its place.
#[component]
fn Outcome(outcome: Option<Result<Preview, Problem>>) -> impl IntoView {
    match outcome {
        None => ().into_any(),
        Some(Err(problem)) => view! {
            <p class="alert bad" role="alert">
                <Icon glyph=Glyph::Warning />
                <span>{problem.message}</span>
            </p>
        }
        .into_any(),
        Some(Ok(preview)) => view! { <Shown preview /> }.into_any(),
    }
}

#[component]
fn Shown(preview: Preview) -> impl IntoView {
    let Preview { taken_for, whole, steps, unchanged, stretches } = preview;
    let stays = !unchanged.is_empty();
    let saved = whole.tokens_before - whole.tokens_after;
    let (title, glyph) = if stays {
        ("It stays as it is".to_owned(), Glyph::Pause)
    } else {
        let share = format::share(saved, whole.tokens_before);
        (format!("{share} of its tokens saved"), Glyph::Check)
    };
    let sizes = if stays {
        format!("{}, {}", format::bytes(whole.bytes_before), words(whole.tokens_before))
    } else {
        format!(
            "{} of {} are left, {} of {}.",
            format::count(whole.tokens_after),
            words(whole.tokens_before),
            format::bytes(whole.bytes_after),
            format::bytes(whole.bytes_before),
        )
    };
    let said = if stays { format!("{title}. {unchanged}") } else { format!("{title}. {sizes}") };
    let sides = [(whole.bytes_before, whole.tokens_before), (whole.bytes_after, whole.tokens_after)]
        .map(|(bytes, tokens)| format!("{}, {}", format::bytes(bytes), words(tokens)));
    view! {
        <div class="preview" data-said=said>
            <div class="preview-head" class:stays=stays>
                <Icon glyph />
                <div>
                    <h3>{title}</h3>
                    <p>{if stays { coded(&unchanged) } else { sizes.clone().into_any() }}</p>
                    <p class="faint">
                        {coded(&taken_for)} {stays.then(|| format!(" {sizes}."))}
                        {(!stays).then_some(" Tokens by o200k's count.")}
                    </p>
                </div>
            </div>
            {(!stays).then(|| view! { <Steps steps /> })}
        </div>
        {(!stays).then(|| view! { <Stretches stretches sides /> })}
    }
    .into_any()
}

fn words(tokens: i64) -> String {
    format::counted(tokens, "token", "tokens")
}

/// The filters that acted, one after the other.
#[component]
fn Steps(steps: Vec<SavingRow>) -> impl IntoView {
    let rows = steps.into_iter().map(|step| {
        let saved = step.tokens_before - step.tokens_after;
        let from_to = |before: String, after: String| {
            view! {
                <td class="number">
                    {before} <span aria-hidden="true">" → "</span> <span class="visually-hidden">" to "</span> {after}
                </td>
            }
        };
        view! {
            <tr>
                <th scope="row">
                    <code>{step.filter}</code>
                </th>
                {from_to(format::bytes(step.bytes_before), format::bytes(step.bytes_after))}
                {from_to(format::count(step.tokens_before), format::count(step.tokens_after))}
                <td class="number">{format::share(saved, step.tokens_before)}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Filters that acted">
            <table>
                <caption class="visually-hidden">"Filters that acted, in order"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Filter"</th>
                        <th scope="col" class="number">
                            "Bytes"
                        </th>
                        <th scope="col" class="number">
                            "Tokens"
                        </th>
                        <th scope="col" class="number">
                            "Saved"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
