//! The models of a provider: its own list of them, and which are on.

use super::{Desk, fail};
use crate::accounts::models::{self, Changed, NoList};
use crate::clock;
use crate::store::snapshot::Provider;
use crate::usage::price::Rate;
use app::api::Problem;
use app::api::models::{ModelRow, ModelSwitch, Models, Price};
use app::api::providers::TestResult;
use async_trait::async_trait;

pub(super) fn model_row(provider: &Provider, model: &catalog::Model) -> ModelRow {
    let spec = &provider.spec;
    ModelRow {
        id: model.id.clone(),
        full_name: format!("{}/{}", spec.prefix, model.id),
        name: model.name.clone(),
        context: model.context,
        price: price(&provider.rate(&model.id)),
        gone: provider.gone.contains(&model.id),
        found: provider.found.contains(&model.id),
        on: !provider.off.contains(&model.id),
    }
}

/// A model's list price; `None` when no source states what input and output cost.
pub(super) fn price(rate: &Rate) -> Option<Price> {
    let price = rate.price;
    Some(Price {
        input: price.input?,
        output: price.output?,
        cache_read: price.cache_read,
        cache_write: price.cache_write,
    })
}

/// That a provider gave no list, and what holds instead.
fn no_list(provider: &Provider, why: &NoList) -> String {
    let (name, words) = (&provider.spec.name, why.to_string());
    let words = words.trim_end_matches('.');
    match why {
        NoList::None(_) if provider.custom && provider.spec.models.is_empty() => format!(
            "{name} has no list of its models: {words}. Any model can be asked for by its name, or typed in here."
        ),
        NoList::None(_) if provider.custom => {
            format!("{name} has no list of its models: {words}. The models you typed stay.")
        }
        _ => format!("{name} gave no list: {words}."),
    }
}

#[async_trait]
impl Models for Desk {
    async fn refresh_models(&self, id: String) -> Result<TestResult, Problem> {
        self.person()?;
        let provider = self.provider_of(&id)?;
        let began = clock::now();
        let result = models::refresh(&self.app, &provider).await;
        let (millis, name) = (began.elapsed_ms(), &provider.spec.name);
        Ok(match result {
            Ok(Changed { all, new }) => {
                let fresh = match new {
                    0 => "none of them new".to_owned(),
                    new => format!("{new} of them new"),
                };
                TestResult { ok: true, sentence: format!("{name} lists {all} models, {fresh}."), millis }
            }
            Err(why) => {
                let sentence = no_list(&provider, &why);
                TestResult { ok: false, sentence, millis }
            }
        })
    }

    async fn switch_models(&self, id: String, switch: ModelSwitch) -> Result<(), Problem> {
        self.person()?;
        let provider = self.provider_of(&id)?;
        let spec = &provider.spec;
        let models = match switch.models {
            Some(models) => {
                let known = |id: &String| spec.model(id).is_some() || provider.off.contains(id);
                if let Some(unknown) = models.iter().find(|id| !known(id)) {
                    let message = format!("{} is not known to have a model \"{unknown}\".", spec.name);
                    return Err(Problem::invalid("models", message));
                }
                models
            }
            // Those that it does not list any more may come back.
            None => {
                let known = spec.models.iter().map(|model| &model.id);
                known.chain(provider.off.iter().filter(|id| spec.model(id).is_none())).cloned().collect()
            }
        };
        self.app.store.switch_models(&spec.id, &models, switch.on).await.map_err(fail)?;
        self.publish().await
    }
}
