//! The wire formats spoken by coding tools and by providers.

use std::{fmt, str::FromStr};

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// OpenAI Chat Completions, `POST /v1/chat/completions`.
    Chat,
    /// OpenAI Responses, `POST /v1/responses`.
    Responses,
    /// Anthropic Messages, `POST /v1/messages`.
    Messages,
    /// Google Gemini, `POST /v1beta/models/{model}:{verb}`.
    Gemini,
    /// Ollama, `POST /api/chat`.
    Ollama,
}

impl Dialect {
    /// What may be sent at any time between two frames of a stream and means nothing: it keeps clients and proxies from
    /// taking a long silence for a dead connection. Empty where the dialect's libraries read nothing of the kind.
    pub const fn ping(self) -> &'static [u8] {
        match self {
            Self::Messages => b"event: ping\ndata: {\"type\":\"ping\"}\n\n",
            Self::Chat | Self::Responses => b": keep-alive\n\n",
            Self::Gemini | Self::Ollama => b"",
        }
    }

    /// Every dialect.
    pub const ALL: [Self; 5] = [Self::Chat, Self::Responses, Self::Messages, Self::Gemini, Self::Ollama];

    /// The name used in provider files, in the database and in the dashboard.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
            .ok_or_else(|| UnknownDialect { name: name.to_owned() })
    }
}

/// A name that is no dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown dialect {name:?}: expected chat, responses, messages, gemini or ollama")]
pub struct UnknownDialect {
    name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        assert!("Chat".parse::<Dialect>().is_err());
    }
}
