//! Custom endpoints: providers that a person describes.

use super::combos::check::unused_provider;
use super::providers::{no_provider, provider_row};
use super::{Desk, fail, name, taken};
use crate::clock;
use crate::store::StoredEndpoint;
use crate::upstream::address;
use app::api::endpoints::{Endpoints, NewEndpoint};
use app::api::providers::ProviderRow;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use url::Url;

/// Longest id of a model.
const LONGEST_MODEL: usize = 200;

impl Desk {
    /// An endpoint that makes sense and leads where it may.
    async fn endpoint(&self, endpoint: NewEndpoint) -> Result<StoredEndpoint, Problem> {
        let display = name("name", &endpoint.name)?;
        let prefix = endpoint.prefix.trim().to_owned();
        let fits = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
        };
        if prefix.is_empty() || prefix.len() > 40 || !prefix.chars().all(fits) {
            return Err(Problem::invalid(
                "prefix",
                "Use small letters, digits, - and _ only, at most 40 of them.",
            ));
        }
        if endpoint.dialect.parse::<wire::Dialect>().is_err() {
            let message = "Choose what the endpoint speaks: chat, responses, messages, gemini or ollama.";
            return Err(Problem::invalid("dialect", message));
        }
        let base_url = endpoint.base_url.trim().trim_end_matches('/').to_owned();
        let url = Url::parse(&base_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let not_url =
            || Problem::invalid("base_url", "Give a whole address, e.g. https://llm.example.com/v1.");
        let url = url.ok_or_else(not_url)?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(Problem::invalid(
                "base_url",
                "Leave out user name, password, ? and #: the key goes into an account.",
            ));
        }
        if !endpoint.private_network {
            let refused = |why: address::AddressError| Problem::invalid("base_url", why.to_string());
            address::check(&url).await.map_err(refused)?;
        }
        let mut models: Vec<String> = Vec::new();
        for model in endpoint.models.iter().map(|model| model.trim()).filter(|model| !model.is_empty()) {
            if model.len() > LONGEST_MODEL || model.chars().any(char::is_control) {
                return Err(Problem::invalid(
                    "models",
                    "A model's id is one line of at most 200 bytes: give each one by itself.",
                ));
            }
            if !models.iter().any(|known| known == model) {
                models.push(model.to_owned());
            }
        }
        Ok(StoredEndpoint {
            prefix,
            name: display,
            dialect: endpoint.dialect,
            base_url,
            private_network: endpoint.private_network,
            models,
        })
    }
}

#[async_trait]
impl Endpoints for Desk {
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<ProviderRow, Problem> {
        self.person()?;
        let endpoint = self.endpoint(endpoint).await?;
        let in_use = || {
            let message = format!(
                "\"{}\" already stands for another provider. Choose another prefix.",
                endpoint.prefix
            );
            Problem { message, field: Some("prefix".to_owned()), kind: ProblemKind::Conflict }
        };
        if self.app.snapshot().provider(&endpoint.prefix).is_some() {
            return Err(in_use());
        }
        let made = self.app.store.add_endpoint(&endpoint, clock::now().unix_ms).await;
        made.map_err(taken("prefix", || in_use().message))?;
        self.publish().await?;
        Ok(provider_row(&self.app, &*self.provider_of(&endpoint.prefix)?, Vec::new()))
    }

    async fn change_endpoint(&self, id: String, mut endpoint: NewEndpoint) -> Result<ProviderRow, Problem> {
        self.person()?;
        if !self.provider_of(&id)?.custom {
            return Err(no_provider(&id));
        }
        endpoint.prefix.clone_from(&id);
        let endpoint = self.endpoint(endpoint).await?;
        self.app.store.change_endpoint(&endpoint).await.map_err(fail)?;
        self.publish().await?;
        let rows = self.account_rows().await?.into_iter().filter(|row| row.provider_id == id).collect();
        Ok(provider_row(&self.app, &*self.provider_of(&id)?, rows))
    }

    async fn remove_endpoint(&self, id: String) -> Result<(), Problem> {
        self.person()?;
        unused_provider(&self.app.snapshot(), &id)?;
        self.app.store.delete_endpoint(&id).await.map_err(fail)?;
        self.publish().await
    }
}
