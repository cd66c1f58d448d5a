//! Providers that a person describes in the dashboard instead of in a file.

use std::sync::Arc;

use crate::{Also, Auth, Catalog, Dialect, Model, Paging, Provider, Quota, Speaks, Tier, Tweak};

impl Catalog {
    /// A provider that speaks one dialect at an address of a person's own, with the default rules. Its id is
    /// its prefix.
    #[must_use]
    pub fn custom(
        &self,
        prefix: &str,
        name: &str,
        tier: Tier,
        speaks: Speaks,
        models: impl IntoIterator<Item = String>,
    ) -> Provider {
        let speaks_chat = speaks.dialect == Dialect::Chat;
        Provider {
            id: prefix.to_owned(),
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            aliases: Vec::new(),
            tier,
            keys_at: String::new(),
            terms: String::new(),
            auth: Auth::Key,
            sign_in: None,
            own_tool: None,
            fields: Vec::new(),
            models_url: Some(speaks.lists_at()),
            models_paging: Paging::of(speaks.dialect),
            speaks: vec![speaks],
            tweak: Tweak::default(),
            rules: Vec::new(),
            quota: Quota::default(),
            models: models.into_iter().map(|id| Model::bare(id.clone(), id)).collect(),
            list: None,
            // Nobody says what it has: its own refusal tells.
            also: if speaks_chat { Also::ALL.to_vec() } else { Vec::new() },
            states_cost: false,
            default_rules: Arc::clone(&self.default_rules),
        }
    }
}

impl Speaks {
    /// A dialect at a base address such as `https://llm.example.com/v1`, with the headers its own vendor asks
    /// for. Anthropic-compatible bases are commonly given with and without `/v1`: both work.
    #[must_use]
    pub fn at_base(dialect: Dialect, base: &str) -> Self {
        let base = base.trim_end_matches('/');
        let base = base.strip_suffix(dialect.path()).unwrap_or(base);
        // Ollama's own tools are given its address with and without `/api`.
        let base = if dialect == Dialect::Ollama { base.strip_suffix("/api").unwrap_or(base) } else { base };
        let version = match dialect {
            Dialect::Messages if !base.ends_with("/v1") => "/v1",
            Dialect::Gemini if !base.ends_with("/v1beta") && !base.ends_with("/v1") => "/v1beta",
            _ => "",
        };
        let headers = match dialect {
            Dialect::Messages => [("anthropic-version".to_owned(), "2023-06-01".to_owned())].into(),
            _ => std::collections::BTreeMap::new(),
        };
        Self {
            dialect,
            driver: None,
            url: format!("{base}{version}{}", dialect.path()),
            paths: None,
            counts: false,
            header: dialect.default_header(),
            headers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_is_understood_however_people_paste_it() {
        for (dialect, base, url) in [
            (Dialect::Chat, "https://a.example/v1", "https://a.example/v1/chat/completions"),
            (Dialect::Chat, "https://a.example/v1/", "https://a.example/v1/chat/completions"),
            (Dialect::Chat, "https://a.example/v1/chat/completions", "https://a.example/v1/chat/completions"),
            (Dialect::Messages, "https://a.example/anthropic", "https://a.example/anthropic/v1/messages"),
            (Dialect::Messages, "https://a.example/v1", "https://a.example/v1/messages"),
            (Dialect::Messages, "https://a.example/v1/messages", "https://a.example/v1/messages"),
            (Dialect::Responses, "https://a.example/v1", "https://a.example/v1/responses"),
            (Dialect::Gemini, "https://a.example", "https://a.example/v1beta/models"),
            (Dialect::Gemini, "https://a.example/v1beta/models", "https://a.example/v1beta/models"),
            (Dialect::Ollama, "http://localhost:11434", "http://localhost:11434/api/chat"),
            (Dialect::Ollama, "http://localhost:11434/api", "http://localhost:11434/api/chat"),
        ] {
            assert_eq!(Speaks::at_base(dialect, base).url, url);
        }
    }
}
