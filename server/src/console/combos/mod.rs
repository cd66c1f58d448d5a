//! Combos and aliases, and what a name would be answered by.

pub(super) mod check;
mod state;

use super::{Desk, fail, taken};
use crate::clock;
use crate::gateway;
use app::api::combos::{Alias, Combo, Combos, CombosPage, RoutePlan};
use app::api::providers::TestResult;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use state::Looking;

#[async_trait]
impl Combos for Desk {
    async fn combos_page(&self) -> Result<CombosPage, Problem> {
        self.person()?;
        let snapshot = self.app.snapshot();
        let looking = Looking { app: &self.app, snapshot: &snapshot, now: clock::now().unix_ms };
        Ok(CombosPage {
            cards: snapshot.combos().map(|combo| looking.card(combo)).collect(),
            aliases: snapshot.aliases().cloned().collect(),
            choices: snapshot
                .connected_models()
                .chain(snapshot.combos().map(|combo| combo.name.clone()))
                .collect(),
            usual_limits: (snapshot.policy.first_token_ms, snapshot.policy.stall_ms),
        })
    }

    async fn combos(&self) -> Result<Vec<Combo>, Problem> {
        self.person()?;
        self.app.store.combos().await.map_err(fail)
    }

    async fn save_combo(&self, replaces: Option<String>, combo: Combo) -> Result<Combo, Problem> {
        self.person()?;
        let replaces = replaces.as_deref();
        let combo = check::combo(&self.app.snapshot(), replaces, combo)?;
        let saved = self.app.store.save_combo(replaces, &combo, clock::now().unix_ms).await;
        saved.map_err(taken("name", || {
            format!("A combo called \"{}\" exists. Choose another name.", combo.name)
        }))?;
        self.publish().await?;
        Ok(combo)
    }

    async fn remove_combo(&self, name: String) -> Result<(), Problem> {
        self.person()?;
        check::unused(&self.app.snapshot(), &name)?;
        self.app.store.delete_combo(&name).await.map_err(fail)?;
        self.publish().await
    }

    async fn aliases(&self) -> Result<Vec<Alias>, Problem> {
        self.person()?;
        self.app.store.aliases().await.map_err(fail)
    }

    async fn save_alias(&self, replaces: Option<String>, alias: Alias) -> Result<Alias, Problem> {
        self.person()?;
        let replaces = replaces.as_deref();
        let alias = check::alias(&self.app.snapshot(), replaces, alias)?;
        let saved = self.app.store.save_alias(replaces, &alias, clock::now().unix_ms).await;
        saved.map_err(taken("name", || {
            format!("An alias called \"{}\" exists. Choose another name.", alias.name)
        }))?;
        self.publish().await?;
        Ok(alias)
    }

    async fn remove_alias(&self, name: String) -> Result<(), Problem> {
        self.person()?;
        check::unused(&self.app.snapshot(), &name)?;
        self.app.store.delete_alias(&name).await.map_err(fail)?;
        self.publish().await
    }

    async fn dry_run(&self, model: String) -> Result<RoutePlan, Problem> {
        self.person()?;
        Ok(gateway::would_plan(&self.app, asked(&model)?))
    }

    async fn try_model(&self, model: String) -> Result<TestResult, Problem> {
        self.person()?;
        Ok(gateway::try_out(&self.app, asked(&model)?).await)
    }
}

/// A model name as a person typed it.
fn asked(model: &str) -> Result<&str, Problem> {
    match model.trim() {
        "" => Err(Problem::invalid("model", "Say which model: a combo, an alias or provider/model.")),
        long if long.len() > 300 => {
            Err(Problem::new(ProblemKind::Invalid, "A model's name is at most 300 bytes long."))
        }
        model => Ok(model),
    }
}
