//! Combos as forms send them: seconds and dollars instead of our units, one group of fields a target.

#![expect(clippy::too_many_arguments, reason = "a server function takes the fields of its form")]

use super::Problem;
use super::budget_fields::BudgetFields;
#[cfg(feature = "ssr")]
use super::budget_fields::{number, seconds};
use super::combos::{Combo, Strategy};
#[cfg(feature = "ssr")]
use super::combos::{ComboTarget, Combos};
use super::terse::Terse;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One target of the form; one without a model is a line that was left empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetFields {
    /// What a client would ask for.
    #[serde(default)]
    pub model: String,
    /// Not sent when it is off.
    #[serde(default)]
    pub enabled: bool,
    /// A whole number; empty for 1.
    #[serde(default)]
    pub weight: String,
    /// What this combo may spend at it.
    #[serde(default)]
    pub budget: BudgetFields,
}

/// The targets that were filled in, each with the number its fields have in the form.
#[cfg(feature = "ssr")]
fn filled(targets: Vec<TargetFields>) -> Result<Vec<(usize, ComboTarget)>, Problem> {
    let lines = targets.into_iter().enumerate().filter(|(_, target)| !target.model.trim().is_empty());
    let read = |(line, target): (usize, TargetFields)| {
        let name = |field: &str| format!("targets[{line}][{field}]");
        let weight = number(&name("weight"), &target.weight)?.unwrap_or(1);
        let budget = target.budget.budget(|field| name(&format!("budget][{field}")))?;
        let model = target.model.trim().to_owned();
        Ok((line, ComboTarget { model, enabled: target.enabled, weight, budget }))
    };
    lines.map(read).collect()
}

/// The name that a member of [`Combo`] has in the form: `targets[1].budget.amount` is the second target that was
/// filled in, `lines[1]` its number in the form.
#[cfg(feature = "ssr")]
fn form_field(member: &str, lines: &[usize]) -> String {
    let named = |at: usize, field: &str| format!("targets[{at}][{field}]");
    if let Some(rest) = member.strip_prefix("targets") {
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let Some(line) = digits.parse().ok().and_then(|at: usize| lines.get(at)) else {
            return "targets".to_owned();
        };
        return match rest {
            rest if rest.contains("weight") => named(*line, "weight"),
            rest if rest.contains("budget") => named(*line, "budget][amount"),
            _ => named(*line, "model"),
        };
    }
    match member {
        "first_token_ms" => "first_token_s".to_owned(),
        "stall_ms" => "stall_s".to_owned(),
        other => other.to_owned(),
    }
}

/// Makes a combo, or replaces the one called `replaces`, and opens the list.
#[server(prefix = "/console", endpoint = "save_combo")]
pub async fn save_combo(
    #[server(default)] replaces: String,
    name: String,
    #[server(default)] enabled: bool,
    strategy: Strategy,
    #[server(default)] targets: Vec<TargetFields>,
    #[server(default)] first_token_s: String,
    #[server(default)] stall_s: String,
    #[server(default)] hedge: bool,
    #[server(default)] rescue: bool,
    #[server(default)] max_attempts: String,
    #[server(default)] terse: Terse,
) -> Result<Combo, Problem> {
    let console = super::console()?;
    let saved = async {
        let (lines, targets): (Vec<_>, Vec<_>) = filled(targets)?.into_iter().unzip();
        let combo = Combo {
            name: name.trim().to_owned(),
            targets,
            enabled,
            strategy,
            first_token_ms: seconds("first_token_s", &first_token_s)?,
            stall_ms: seconds("stall_s", &stall_s)?,
            hedge,
            rescue,
            max_attempts: number("max_attempts", &max_attempts)?,
            terse,
        };
        let replaces = Some(replaces).filter(|name| !name.is_empty());
        console.save_combo(replaces, combo).await.map_err(|problem| Problem {
            field: problem.field.map(|field| form_field(&field, &lines)),
            ..problem
        })
    };
    let combo = super::told(saved.await)?;
    leptos_axum::redirect("/combos");
    Ok(combo)
}

/// The combo of that name.
#[cfg(feature = "ssr")]
async fn named(console: &dyn super::Console, name: &str) -> Result<Combo, Problem> {
    Combos::combos(console).await?.into_iter().find(|combo| combo.name == name).ok_or_else(|| {
        let words = format!("There is no combo called “{name}” any more. Load the page again.");
        Problem::new(super::ProblemKind::NotFound, words)
    })
}

/// Changes a combo where it stands: `order` names all its targets, one a line; `up`, `down` and `flip` name one to be
/// moved by one place, or to be switched on or off.
#[server(prefix = "/console", endpoint = "arrange_combo")]
pub async fn arrange_combo(
    name: String,
    #[server(default)] order: String,
    #[server(default)] up: String,
    #[server(default)] down: String,
    #[server(default)] flip: String,
) -> Result<Combo, Problem> {
    let console = super::console()?;
    let saved = async {
        let mut combo = named(console.as_ref(), &name).await?;
        arrange(&mut combo.targets, &order, &up, &down, &flip).ok_or_else(|| {
            let words = "This combo was changed elsewhere meanwhile. Load the page again.";
            Problem::new(super::ProblemKind::Conflict, words)
        })?;
        console.save_combo(Some(name), combo).await
    };
    super::told(saved.await)
}

/// `None` when a target that is named is not there.
#[cfg(feature = "ssr")]
fn arrange(targets: &mut Vec<ComboTarget>, order: &str, up: &str, down: &str, flip: &str) -> Option<()> {
    let find = |targets: &[ComboTarget], model: &str| targets.iter().position(|one| one.model == model);
    if !order.is_empty() {
        let mut left = std::mem::take(targets);
        for model in order.lines() {
            let at = find(&left, model)?;
            targets.push(left.remove(at));
        }
        if !left.is_empty() {
            return None;
        }
    }
    if !up.is_empty() {
        let at = find(targets, up)?;
        targets.swap(at.saturating_sub(1), at);
    }
    if !down.is_empty() {
        let at = find(targets, down)?;
        let last = targets.len() - 1;
        targets.swap(at, (at + 1).min(last));
    }
    if !flip.is_empty() {
        let at = find(targets, flip)?;
        let target = targets.get_mut(at)?;
        target.enabled = !target.enabled;
    }
    Some(())
}

/// Switches a combo on or off.
#[server(prefix = "/console", endpoint = "enable_combo")]
pub async fn enable_combo(name: String, enabled: bool) -> Result<Combo, Problem> {
    let console = super::console()?;
    let saved = async {
        let combo = named(console.as_ref(), &name).await?;
        console.save_combo(Some(name), Combo { enabled, ..combo }).await
    };
    super::told(saved.await)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn models(targets: &[ComboTarget]) -> Vec<(&str, bool)> {
        targets.iter().map(|target| (target.model.as_str(), target.enabled)).collect()
    }

    #[test]
    fn targets_are_moved_and_switched_by_name() {
        let mut targets = ["a/1", "b/2", "c/3"].map(ComboTarget::new).to_vec();
        assert!(arrange(&mut targets, "c/3\na/1\nb/2", "", "", "").is_some());
        assert!(arrange(&mut targets, "", "b/2", "", "").is_some());
        assert!(arrange(&mut targets, "", "", "a/1", "").is_some());
        assert!(arrange(&mut targets, "", "", "", "b/2").is_some());
        assert_eq!(models(&targets), [("c/3", true), ("b/2", false), ("a/1", true)]);
        assert!(arrange(&mut targets.clone(), "", "gone/1", "", "").is_none());
        assert!(arrange(&mut targets.clone(), "c/3\nb/2", "", "", "").is_none());
        assert!(arrange(&mut targets, "c/3\nb/2\nnew/1", "", "", "").is_none());
    }

    #[test]
    fn a_refusal_finds_its_line_in_the_form() {
        let lines = [4, 0];
        assert_eq!(form_field("targets[0].model", &lines), "targets[4][model]");
        assert_eq!(form_field("targets.1.weight", &lines), "targets[0][weight]");
        assert_eq!(form_field("targets[1].budget.amount", &lines), "targets[0][budget][amount]");
        assert_eq!(form_field("targets[7].model", &lines), "targets");
        assert_eq!(form_field("targets", &lines), "targets");
        assert_eq!(form_field("stall_ms", &lines), "stall_s");
        assert_eq!(form_field("name", &lines), "name");
    }

    #[test]
    fn lines_left_empty_are_no_targets() {
        let line = |model: &str| TargetFields { model: model.to_owned(), ..TargetFields::default() };
        let read = filled(vec![line("b/2"), line("  "), line(" a/1 ")]);
        let read =
            read.map(|read| read.into_iter().map(|(at, target)| (at, target.model)).collect::<Vec<_>>());
        assert_eq!(read, Ok(vec![(0, "b/2".to_owned()), (2, "a/1".to_owned())]));
    }
}
