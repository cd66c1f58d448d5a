//! Combos and aliases.

use super::{Desk, fail, taken};
use crate::clock;
use crate::store::snapshot::Snapshot;
use app::api::combos::{Alias, Combo, Combos, CombosPage, RoutePlan};
use app::api::providers::TestResult;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;

/// A name that a client can write into a `model` field and that stands for nothing else.
fn model_name(snapshot: &Snapshot, text: &str, replaces: Option<&str>) -> Result<String, Problem> {
    let text = text.trim();
    let fits = |letter: char| letter.is_alphanumeric() || "-_.:".contains(letter);
    if text.is_empty() || text.chars().count() > 80 || !text.chars().all(fits) {
        let message = "Use letters, digits and - _ . : only, at most 80 of them.";
        return Err(Problem::invalid("name", message));
    }
    if snapshot.is_own_name(text) && replaces != Some(text) {
        let message = format!("A combo or alias called \"{text}\" exists. Choose another name.");
        return Err(Problem { message, field: Some("name".to_owned()), kind: ProblemKind::Conflict });
    }
    Ok(text.to_owned())
}

/// A target must be a model of a provider, not another combo: chains of combos come with their own checks.
fn target(snapshot: &Snapshot, field: &str, model: &str) -> Result<String, Problem> {
    let model = model.trim();
    let known = model
        .split_once('/')
        .is_some_and(|(prefix, rest)| !rest.is_empty() && snapshot.provider(prefix).is_some());
    if known {
        return Ok(model.to_owned());
    }
    let message = format!(
        "\"{model}\" names no provider's model. Write it as provider/model, e.g. groq/llama-3.3-70b-versatile."
    );
    Err(Problem::invalid(field, message))
}

fn later() -> Problem {
    Problem::new(ProblemKind::Internal, "This is not there yet.")
}

#[async_trait]
impl Combos for Desk {
    async fn combos_page(&self) -> Result<CombosPage, Problem> {
        Err(later())
    }

    async fn combos(&self) -> Result<Vec<Combo>, Problem> {
        self.person()?;
        self.app.store.combos().await.map_err(fail)
    }

    async fn save_combo(&self, replaces: Option<String>, mut combo: Combo) -> Result<Combo, Problem> {
        self.person()?;
        let snapshot = self.app.snapshot();
        combo.name = model_name(&snapshot, &combo.name, replaces.as_deref())?;
        if combo.targets.is_empty() {
            return Err(Problem::invalid("targets", "Give the combo at least one target."));
        }
        for entry in &mut combo.targets {
            entry.model = target(&snapshot, "targets", &entry.model)?;
        }
        let saved = self.app.store.save_combo(replaces.as_deref(), &combo, clock::now().unix_ms).await;
        saved.map_err(taken("name", || {
            format!("A combo called \"{}\" exists. Choose another name.", combo.name)
        }))?;
        self.publish().await?;
        Ok(combo)
    }

    async fn remove_combo(&self, name: String) -> Result<(), Problem> {
        self.person()?;
        self.app.store.delete_combo(&name).await.map_err(fail)?;
        self.publish().await
    }

    async fn aliases(&self) -> Result<Vec<Alias>, Problem> {
        self.person()?;
        self.app.store.aliases().await.map_err(fail)
    }

    async fn save_alias(&self, replaces: Option<String>, mut alias: Alias) -> Result<Alias, Problem> {
        self.person()?;
        let snapshot = self.app.snapshot();
        alias.name = model_name(&snapshot, &alias.name, replaces.as_deref())?;
        alias.model = target(&snapshot, "model", &alias.model)?;
        let saved = self.app.store.save_alias(replaces.as_deref(), &alias, clock::now().unix_ms).await;
        saved.map_err(taken("name", || {
            format!("An alias called \"{}\" exists. Choose another name.", alias.name)
        }))?;
        self.publish().await?;
        Ok(alias)
    }

    async fn remove_alias(&self, name: String) -> Result<(), Problem> {
        self.person()?;
        self.app.store.delete_alias(&name).await.map_err(fail)?;
        self.publish().await
    }

    async fn dry_run(&self, _model: String) -> Result<RoutePlan, Problem> {
        Err(later())
    }

    async fn try_model(&self, _model: String) -> Result<TestResult, Problem> {
        Err(later())
    }
}
