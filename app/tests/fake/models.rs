//! Models that stay as they are.

use super::Fake;
use app::api::Problem;
use app::api::models::{ModelSwitch, Models};
use app::api::providers::TestResult;
use async_trait::async_trait;

#[async_trait]
impl Models for Fake {
    async fn refresh_models(&self, _id: String) -> Result<TestResult, Problem> {
        let sentence = "Groq lists 5 models, 1 of them new.".to_owned();
        Ok(TestResult { ok: true, sentence, millis: 212 })
    }
    async fn switch_models(&self, _id: String, switch: ModelSwitch) -> Result<(), Problem> {
        match switch.models.unwrap_or_default().iter().find(|model| *model == "nosuch") {
            Some(_) => Err(Problem::invalid("models", "Groq is not known to have a model \"nosuch\".")),
            None => Ok(()),
        }
    }
}
