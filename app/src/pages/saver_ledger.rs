//! What the saver has saved: the sum, by day, tool and model, and by filter beside its switch.

use crate::api::saver::{FilterRow, SavedLine};
use crate::api::{Millis, NanoUsd};
use crate::parts::field::Hidden;
use crate::parts::figure::Figure;
use crate::parts::form::{Done, Form};
use crate::parts::format;
use leptos::prelude::*;

fn saved(line: &SavedLine) -> i64 {
    line.saving.tokens_before - line.saving.tokens_after
}

/// What tokens would have cost. Nothing known is not the same as nothing.
fn worth(cost: NanoUsd) -> String {
    if cost == 0 { "unknown".to_owned() } else { format::money(cost) }
}

/// Everything that was saved.
#[component]
pub fn Figures(total: SavedLine, since: Millis) -> impl IntoView {
    let tokens = saved(&total);
    let saving = &total.saving;
    let of = format!("of {} that tools gave", format::tokens(saving.tokens_before));
    let bytes = format!(
        "{} of {}",
        format::bytes(saving.bytes_before - saving.bytes_after),
        format::bytes(saving.bytes_before),
    );
    view! {
        <dl class="figures" aria-label="Saved in 30 days">
            <Figure
                label="Tokens saved"
                number=format::tokens(tokens)
                exact=format::count(tokens)
                note=of
                against=format!("Since {}", format::day(since, Some(0)))
            />
            <Figure
                label="Share"
                number=format::share(tokens, saving.tokens_before)
                note=bytes
                against="Tokens by o200k's count"
            />
            <Figure
                label="Worth"
                number=worth(total.cost)
                note="At list prices, or those of a cache"
                against="What a plan covers, too"
            />
            <Figure
                label="Texts shortened"
                number=format::count(saving.texts)
                note="Once for each filter that acted"
                against="Counted anew in every request"
            />
        </dl>
    }
    .into_any()
}

/// The same by day, tool and model.
#[component]
pub fn Ledger(by_day: Vec<SavedLine>, by_tool: Vec<SavedLine>, by_model: Vec<SavedLine>) -> impl IntoView {
    view! {
        <div class="columns even ledger">
            <Lines id="by-day" title="By day" head="Day, UTC" lines=by_day />
            <div class="stack">
                <Lines id="by-tool" title="By tool" head="Tool" lines=first(by_tool) />
                <Lines id="by-model" title="By model" head="Model" lines=first(by_model) />
            </div>
        </div>
    }
    .into_any()
}

/// So many tools or models have a line of their own.
const LINES: usize = 12;

/// The first lines, and all others as one.
fn first(mut lines: Vec<SavedLine>) -> Vec<SavedLine> {
    if lines.len() <= LINES + 1 {
        return lines;
    }
    let others = lines.split_off(LINES);
    let mut sum = SavedLine { of: format!("{} others", others.len()), ..SavedLine::default() };
    for line in others {
        sum.saving.tokens_before += line.saving.tokens_before;
        sum.saving.tokens_after += line.saving.tokens_after;
        sum.cost += line.cost;
    }
    lines.push(sum);
    lines
}

#[component]
fn Lines(id: &'static str, title: &'static str, head: &'static str, lines: Vec<SavedLine>) -> impl IntoView {
    let most = lines.iter().map(saved).max().unwrap_or_default();
    let rows = lines.into_iter().map(|line| {
        let tokens = saved(&line);
        let of = if line.of.is_empty() { "not known".to_owned() } else { line.of };
        view! {
            <tr>
                <th scope="row">
                    <span class="of">{of}</span>
                    <Bar part=tokens whole=most />
                </th>
                <td class="number" title=format!("{} tokens", format::count(tokens))>
                    {format::tokens(tokens)}
                </td>
                <td class="number">{format::share(tokens, line.saving.tokens_before)}</td>
                <td class="number">{worth(line.cost)}</td>
            </tr>
        }
    });
    view! {
        <section class="card table-card" aria-labelledby=id>
            <header>
                <h2 id=id>{title}</h2>
            </header>
            <div class="scroll" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{head}</th>
                            <th scope="col" class="number">
                                "Tokens saved"
                            </th>
                            <th scope="col" class="number">
                                "Share"
                            </th>
                            <th scope="col" class="number">
                                "Worth"
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// A number beside the largest of its kind. The number itself stands in the row.
#[component]
fn Bar(part: i64, whole: i64) -> impl IntoView {
    let width = part.max(0) as f64 * 100.0 / whole.max(1) as f64;
    view! {
        <svg class="share-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect x="0" y="0" width=format!("{width:.1}") height="4"></rect>
        </svg>
    }
    .into_any()
}

/// The filters, the one that saved most first, each with its switch.
#[component]
pub fn Filters(filters: Vec<FilterRow>, saved: Vec<SavedLine>) -> impl IntoView {
    let off = filters.iter().filter(|filter| !filter.on).count();
    let in_use = match off {
        0 => "All are in use".to_owned(),
        off => format!("{} of {} are in use", filters.len() - off, filters.len()),
    };
    let mut rows: Vec<_> = filters
        .into_iter()
        .map(|filter| {
            let line = saved.iter().find(|line| line.of == filter.name).cloned();
            (filter, line)
        })
        .collect();
    rows.sort_by_key(|(_, line)| line.as_ref().map_or(0, |line| -self::saved(line)));
    let rows = rows.into_iter().map(|(filter, line)| view! { <Filter filter line /> });
    view! {
        <section class="card table-card" aria-labelledby="filters">
            <header>
                <h2 id="filters">"Filters"</h2>
                <span class="faint">{in_use}</span>
            </header>
            <table class="stacked filter-table">
                <thead>
                    <tr>
                        <th scope="col">"Filter"</th>
                        <th scope="col" class="number">
                            "Texts"
                        </th>
                        <th scope="col" class="number">
                            "Tokens saved"
                        </th>
                        <th scope="col" class="number">
                            "Share"
                        </th>
                        <th scope="col" class="number">
                            "Worth"
                        </th>
                        <th scope="col" class="actions">
                            "In use"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn Filter(filter: FilterRow, line: Option<SavedLine>) -> impl IntoView {
    let FilterRow { name, does, on } = filter;
    let toast = format!("The filter {name} is {}.", if on { "off" } else { "on" });
    let label = format!("Use the filter {name}");
    let switch = if on { "true" } else { "false" };
    let cells = line.map(|line| {
        let tokens = saved(&line);
        [
            ("Texts", format::count(line.saving.texts)),
            ("Tokens saved", format::tokens(tokens)),
            ("Share", format::share(tokens, line.saving.tokens_before)),
            ("Worth", worth(line.cost)),
        ]
    });
    let cells = match cells {
        Some(cells) => cells
            .map(|(label, text)| {
                view! {
                    <td class="number" data-label=label>
                        {text}
                    </td>
                }
            })
            .collect_view()
            .into_any(),
        None => view! {
            <td class="nothing faint" colspan="4">
                {if on { "Nothing in 30 days" } else { "Off" }}
            </td>
        }
        .into_any(),
    };
    view! {
        <tr class:off=!on>
            <th scope="row">
                <code>{name.clone()}</code>
                <span class="faint">{does}</span>
            </th>
            {cells}
            <td class="actions">
                <Form action="switch_filter" done=Done::Toast(toast)>
                    <Hidden name="name" value=name />
                    {(!on).then(|| view! { <Hidden name="on" value="true" /> })}
                    <button type="submit" class="switch" role="switch" aria-checked=switch aria-label=label></button>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
