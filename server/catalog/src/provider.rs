//! What is known of one vendor.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use crate::{Field, Model, Paging, Paths, Prefill, Quota, Reasoning, Rule, SignIn};

/// One vendor, as its provider file states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// Short name, the file's name without `.toml`.
    pub id: String,
    /// Name as the vendor writes it.
    pub name: String,
    /// What stands before the slash in `prefix/model`.
    pub prefix: String,
    /// Other words accepted in place of the prefix.
    pub aliases: Vec<String>,
    /// In which order plans use it.
    pub tier: Tier,
    /// Page where a person gets a key; empty when none is needed.
    pub keys_at: String,
    /// The vendor's stance on use through a router, in plain words; empty when there is nothing to say.
    pub terms: String,
    /// How an account proves itself.
    pub auth: Auth,
    /// How an account is signed in to, where it can be.
    pub sign_in: Option<SignIn>,
    /// Whose tool's bytes go to it as they came.
    pub own_tool: Option<OwnTool>,
    /// What each account has to say beside, for the addresses.
    pub fields: Vec<Field>,
    /// Wire formats and where they are served; the first that the client speaks too is used.
    pub speaks: Vec<Speaks>,
    /// Small changes to what is sent.
    pub tweak: Tweak,
    /// What its failures mean, tried in order before the default rules.
    pub rules: Vec<Rule>,
    /// How it becomes known what an account has left; empty where nobody says.
    pub quota: Quota,
    /// Models known by name. The vendor may have more.
    pub models: Vec<Model>,
    /// A plan: the provider that sells the models of the same ids by the token.
    pub list: Option<String>,
    /// What else it serves beside its chat endpoint, with the model in the body.
    pub also: Vec<Also>,
    /// Whether its answers state what they cost, in USD.
    pub states_cost: bool,
    /// Where the vendor lists its models (GET, same key), when it does.
    pub models_url: Option<String>,
    /// How its list goes on, where it comes in pages.
    pub models_paging: Option<Paging>,
    pub(crate) default_rules: Arc<[Rule]>,
}

impl Provider {
    /// The model with this id.
    #[must_use]
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// Whether its accounts' keys are exchanged for tokens, which go with requests in their place.
    #[must_use]
    pub fn exchanges_keys(&self) -> bool {
        self.auth == Auth::Key && self.sign_in.as_ref().is_some_and(|sign_in| sign_in.exchange.is_some())
    }

    /// How an answer of this model (by id) may be continued by giving its beginning: the model's own word,
    /// else the provider's. A model that no file knows has the provider's.
    #[must_use]
    pub fn prefill(&self, model: &str) -> Prefill {
        self.model(model).and_then(|model| model.prefill).unwrap_or(self.tweak.prefill)
    }
}

/// A provider that people ask for and that is not offered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotOffered {
    /// Its name.
    pub name: String,
    /// Why not, and what to use instead, in plain words.
    pub why: String,
}

/// What an account of a provider costs its owner. In the order in which plans prefer them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// A fixed fee, already paid.
    Subscription,
    /// Paid per token.
    Cheap,
    /// Free of charge, usually with low limits.
    Free,
    /// Runs on the user's own machine.
    Local,
}

impl Tier {
    /// The word used in provider files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscription => "subscription",
            Self::Cheap => "cheap",
            Self::Free => "free",
            Self::Local => "local",
        }
    }
}

/// How an account proves itself to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Auth {
    /// Not at all.
    None,
    /// With a key that a person made on the vendor's site.
    Key,
    /// With tokens that a person gets by signing in.
    SignIn,
    /// With tokens for which the key in the JSON file of one of Google's service accounts signs.
    ServiceAccount,
}

/// The tool of a vendor's own at a plan of that vendor: what it sends goes there as it came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnTool {
    /// Its name, as it is recognised from its headers.
    pub name: String,
    /// Whether the plan is for that tool alone.
    #[serde(default)]
    pub only: bool,
}

/// One wire format served at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaks {
    /// The wire format: what a driver turns answers into, where there is one.
    pub dialect: Dialect,
    /// What is served there in place of a wire format of any client's.
    pub driver: Option<Driver>,
    /// The whole address a request is posted to. For [`Dialect::Gemini`] it ends in `/models` and the router
    /// adds `/{model}:{verb}`.
    pub url: String,
    /// What follows it, where the path names the model.
    pub paths: Option<Paths>,
    /// Whether it counts a prompt's tokens beside it: messages at `/count_tokens`, gemini `:countTokens`, responses at
    /// `/input_tokens`.
    pub counts: bool,
    /// How the key travels.
    pub header: HeaderForKey,
    /// Headers sent when the client sent none of that name, in addition to [`Tweak::headers`].
    pub headers: BTreeMap<String, String>,
}

/// A protocol that is not JSON over server-sent events, which code of its own speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// Amazon's Kiro: answers become those of [`Dialect::Messages`].
    Kiro,
}

impl Speaks {
    /// The word for what is spoken there: the wire format's, or the driver's.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.driver.map_or(self.dialect.as_str(), Driver::as_str)
    }
}

impl Driver {
    /// The word used in provider files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kiro => "kiro",
        }
    }

    /// The wire format that it turns answers into.
    #[must_use]
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Kiro => Dialect::Messages,
        }
    }
}

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI Chat Completions.
    Chat,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Google generateContent.
    Gemini,
    /// Ollama's own `/api/chat`.
    Ollama,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Chat, Self::Responses, Self::Messages, Self::Gemini, Self::Ollama];

    /// The word used in provider files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }

    /// How the end of an address that serves this dialect reads.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Responses => "/responses",
            Self::Messages => "/messages",
            Self::Gemini => "/models",
            Self::Ollama => "/api/chat",
        }
    }

    /// The header a key travels in where the provider file names none.
    #[must_use]
    pub fn default_header(self) -> HeaderForKey {
        match self {
            Self::Chat | Self::Responses | Self::Ollama => HeaderForKey::Authorization,
            Self::Messages => HeaderForKey::XApiKey,
            Self::Gemini => HeaderForKey::XGoogApiKey,
        }
    }
}

/// Something served at the side of a chat endpoint, which is passed on as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Also {
    /// `/embeddings`
    Embeddings,
    /// `/images/*`
    Images,
    /// `/audio/*`
    Audio,
    /// `/completions`, the old kind
    Completions,
    /// `/moderations`
    Moderations,
    /// `/rerank`
    Rerank,
}

impl Also {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Embeddings, Self::Images, Self::Audio, Self::Completions, Self::Moderations, Self::Rerank];

    /// The first segment of its path.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Embeddings => "embeddings",
            Self::Images => "images",
            Self::Audio => "audio",
            Self::Completions => "completions",
            Self::Moderations => "moderations",
            Self::Rerank => "rerank",
        }
    }
}

/// The header a key travels in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeaderForKey {
    /// `authorization: Bearer <key>`
    Authorization,
    /// `x-api-key: <key>`
    XApiKey,
    /// `x-goog-api-key: <key>`
    XGoogApiKey,
    /// `api-key: <key>`, as Azure has it
    ApiKey,
}

impl HeaderForKey {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Authorization, Self::XApiKey, Self::XGoogApiKey, Self::ApiKey];

    /// Name of the header, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::XApiKey => "x-api-key",
            Self::XGoogApiKey => "x-goog-api-key",
            Self::ApiKey => "api-key",
        }
    }

    /// Value of the header for a key.
    #[must_use]
    pub fn value(self, key: &str) -> String {
        match self {
            Self::Authorization => format!("Bearer {key}"),
            Self::XApiKey | Self::XGoogApiKey | Self::ApiKey => key.to_owned(),
        }
    }
}

/// Small changes a vendor needs to what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tweak {
    /// Headers sent when the client sent none of that name (lower-case names), whatever the dialect.
    pub headers: BTreeMap<String, String>,
    /// Headers that go with an account's key, and not with the token of a sign-in (lower-case names).
    pub key_headers: BTreeMap<String, String>,
    /// Words that a header (lower-case name) must hold in its comma-separated list, beside those the client sent.
    pub join: BTreeMap<String, String>,
    /// All the words that a header's (lower-case name) comma-separated list may hold; those that the client sent
    /// beside are left out.
    pub keep: BTreeMap<String, Vec<String>>,
    /// Top-level members of the request body that the vendor refuses, and that are removed before sending.
    pub drop: Vec<String>,
    /// Top-level members that the request body must have, with their texts, whatever the client has sent.
    pub add: BTreeMap<String, String>,
    /// Whether `stream_options.include_usage` may be asked of its chat endpoint. False where the vendor
    /// refuses the member.
    pub include_usage: bool,
    /// Whether it answers with streams only.
    pub stream_only: bool,
    /// How its models are asked to reason, where the model itself does not say.
    pub reasoning: Option<Reasoning>,
    /// Whether JSON of a given schema can be asked for.
    pub schema: bool,
    /// Chat: whether the output limit is called `max_completion_tokens`.
    pub max_completion_tokens: bool,
    /// Chat: whether instructions may stand after the first turn.
    pub late_system: bool,
    /// Chat: the member of an assistant turn in which earlier reasoning is handed back as text.
    pub reasoning_member: Option<String>,
    /// Chat: whether marks of the prompt cache are known.
    pub cache_marks: bool,
    /// Chat: whether the id of a call must be nine letters or digits.
    pub short_ids: bool,
    /// Messages: whether instructions after the first turn may have a message of their own.
    pub system_messages: bool,
    /// Messages: whether thoughts without a signature are refused.
    pub signed_thoughts: bool,
    /// Messages: whether marks of the prompt cache are placed where the client has set none.
    pub place_cache: bool,
    /// How an answer may be continued by giving its beginning, where the model itself does not say.
    pub prefill: Prefill,
}

impl Default for Tweak {
    fn default() -> Self {
        Self {
            headers: BTreeMap::new(),
            key_headers: BTreeMap::new(),
            join: BTreeMap::new(),
            keep: BTreeMap::new(),
            drop: Vec::new(),
            add: BTreeMap::new(),
            include_usage: true,
            stream_only: false,
            reasoning: None,
            schema: true,
            max_completion_tokens: false,
            late_system: true,
            reasoning_member: None,
            cache_marks: false,
            short_ids: false,
            system_messages: false,
            signed_thoughts: false,
            place_cache: true,
            prefill: Prefill::None,
        }
    }
}
