//! Custom endpoints that remember nothing.

use super::{Fake, data, missing};
use app::api::Problem;
use app::api::endpoints::{Endpoints, NewEndpoint};
use app::api::providers::ProviderRow;
use async_trait::async_trait;

#[async_trait]
impl Endpoints for Fake {
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<ProviderRow, Problem> {
        if endpoint.prefix == "groq" {
            return Err(Problem::invalid("prefix", "Groq has this prefix already."));
        }
        data::catalogue().into_iter().next().ok_or_else(|| missing("provider"))
    }
    async fn change_endpoint(&self, _id: String, endpoint: NewEndpoint) -> Result<ProviderRow, Problem> {
        self.add_endpoint(endpoint).await
    }
    async fn remove_endpoint(&self, _id: String) -> Result<(), Problem> {
        Ok(())
    }
}
