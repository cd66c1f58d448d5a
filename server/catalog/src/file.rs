//! The schema of a provider file, as written. Everything but the id is optional, so that a user's file may
//! hold only what it changes; what a whole provider must have is checked after merging, in `load.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Also, Auth, CatalogError, Dialect, Driver, Effort, Field, HeaderForKey, NotOffered, OwnTool, Paging,
    Paths, Prefill, Quota, Reasoning, Rule, SignIn, Tier,
};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderFile {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) aliases: Option<Vec<String>>,
    pub(crate) tier: Option<Tier>,
    pub(crate) keys_at: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) models_url: Option<String>,
    pub(crate) models_paging: Option<Paging>,
    pub(crate) models_like: Option<String>,
    pub(crate) list: Option<String>,
    pub(crate) also: Option<Vec<Also>>,
    pub(crate) states_cost: Option<bool>,
    pub(crate) auth: Option<Auth>,
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) own_tool: Option<OwnTool>,
    #[serde(default, rename = "field")]
    pub(crate) fields: Vec<Field>,
    pub(crate) speaks: Option<Vec<SpeaksFile>>,
    #[serde(default)]
    pub(crate) tweak: TweakFile,
    #[serde(default, rename = "rule")]
    pub(crate) rules: Vec<Rule>,
    pub(crate) quota: Option<Quota>,
    #[serde(default, rename = "model")]
    pub(crate) models: Vec<ModelFile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpeaksFile {
    pub(crate) dialect: Dialect,
    pub(crate) driver: Option<Driver>,
    pub(crate) url: String,
    pub(crate) paths: Option<Paths>,
    #[serde(default)]
    pub(crate) counts: bool,
    pub(crate) header: Option<HeaderForKey>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TweakFile {
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) key_headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) join: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) keep: BTreeMap<String, Vec<String>>,
    pub(crate) drop: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) add: BTreeMap<String, String>,
    pub(crate) include_usage: Option<bool>,
    pub(crate) stream_only: Option<bool>,
    pub(crate) reasoning: Option<Reasoning>,
    pub(crate) schema: Option<bool>,
    pub(crate) max_completion_tokens: Option<bool>,
    pub(crate) late_system: Option<bool>,
    pub(crate) reasoning_member: Option<String>,
    pub(crate) cache_marks: Option<bool>,
    pub(crate) short_ids: Option<bool>,
    pub(crate) system_messages: Option<bool>,
    pub(crate) signed_thoughts: Option<bool>,
    pub(crate) place_cache: Option<bool>,
    pub(crate) prefill: Option<Prefill>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelFile {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) context: Option<u64>,
    pub(crate) max_output: Option<u64>,
    pub(crate) reasoning: Option<Reasoning>,
    pub(crate) efforts: Option<Vec<Effort>>,
    pub(crate) speaks: Option<Vec<Dialect>>,
    pub(crate) images: Option<bool>,
    pub(crate) documents: Option<bool>,
    pub(crate) tools: Option<bool>,
    pub(crate) prefill: Option<Prefill>,
    pub(crate) upstream_id: Option<String>,
    pub(crate) price: Option<PriceFile>,
    pub(crate) list: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceFile {
    pub(crate) input: Option<f64>,
    pub(crate) output: Option<f64>,
    pub(crate) cache_read: Option<f64>,
    pub(crate) cache_write: Option<f64>,
    pub(crate) image: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesFile {
    #[serde(rename = "rule")]
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotOfferedFile {
    #[serde(rename = "provider")]
    pub(crate) providers: Vec<NotOffered>,
}

pub(crate) fn read<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, CatalogError> {
    toml::from_str(text).map_err(|error| CatalogError::syntax(file, text, &error))
}

impl ProviderFile {
    /// Lays another file of the same provider over this one. A key that is present replaces; headers, rules
    /// and models merge one by one. New rules are tried before the old ones.
    pub(crate) fn lay_over(&mut self, other: Self) {
        let Self {
            id: _,
            name,
            prefix,
            aliases,
            tier,
            keys_at,
            terms,
            models_url,
            models_paging,
            models_like,
            list,
            also,
            states_cost,
            auth,
            sign_in,
            own_tool,
            fields,
            speaks,
            tweak,
            rules,
            quota,
            models,
        } = other;
        replace(&mut self.name, name);
        replace(&mut self.prefix, prefix);
        replace(&mut self.aliases, aliases);
        replace(&mut self.tier, tier);
        replace(&mut self.keys_at, keys_at);
        replace(&mut self.terms, terms);
        replace(&mut self.models_url, models_url);
        replace(&mut self.models_paging, models_paging);
        replace(&mut self.models_like, models_like);
        replace(&mut self.list, list);
        replace(&mut self.also, also);
        replace(&mut self.states_cost, states_cost);
        replace(&mut self.auth, auth);
        replace(&mut self.sign_in, sign_in);
        replace(&mut self.own_tool, own_tool);
        self.fields.retain(|old| fields.iter().all(|new| new.name != old.name));
        self.fields.extend(fields);
        replace(&mut self.speaks, speaks);
        self.tweak.lay_over(tweak);
        self.rules.retain(|old| rules.iter().all(|new| new.id != old.id));
        self.rules.splice(0..0, rules);
        // Its parts belong together: half of one and half of another would read the wrong answer.
        replace(&mut self.quota, quota);
        for model in models {
            match self.models.iter_mut().find(|known| known.id == model.id) {
                Some(known) => known.lay_over(model),
                None => self.models.push(model),
            }
        }
    }
}

impl TweakFile {
    fn lay_over(&mut self, other: Self) {
        let Self {
            headers,
            key_headers,
            join,
            keep,
            drop,
            add,
            include_usage,
            stream_only,
            reasoning,
            schema,
            max_completion_tokens,
            late_system,
            reasoning_member,
            cache_marks,
            short_ids,
            system_messages,
            signed_thoughts,
            place_cache,
            prefill,
        } = other;
        self.headers.extend(headers);
        self.key_headers.extend(key_headers);
        self.join.extend(join);
        self.keep.extend(keep);
        replace(&mut self.drop, drop);
        self.add.extend(add);
        replace(&mut self.include_usage, include_usage);
        replace(&mut self.stream_only, stream_only);
        replace(&mut self.reasoning, reasoning);
        replace(&mut self.schema, schema);
        replace(&mut self.max_completion_tokens, max_completion_tokens);
        replace(&mut self.late_system, late_system);
        replace(&mut self.reasoning_member, reasoning_member);
        replace(&mut self.cache_marks, cache_marks);
        replace(&mut self.short_ids, short_ids);
        replace(&mut self.system_messages, system_messages);
        replace(&mut self.signed_thoughts, signed_thoughts);
        replace(&mut self.place_cache, place_cache);
        replace(&mut self.prefill, prefill);
    }
}

impl ModelFile {
    fn lay_over(&mut self, other: Self) {
        let Self {
            id: _,
            name,
            context,
            max_output,
            reasoning,
            efforts,
            speaks,
            images,
            documents,
            tools,
            prefill,
            upstream_id,
            price,
            list,
        } = other;
        replace(&mut self.name, name);
        replace(&mut self.context, context);
        replace(&mut self.max_output, max_output);
        replace(&mut self.reasoning, reasoning);
        replace(&mut self.efforts, efforts);
        replace(&mut self.speaks, speaks);
        replace(&mut self.images, images);
        replace(&mut self.documents, documents);
        replace(&mut self.tools, tools);
        replace(&mut self.prefill, prefill);
        replace(&mut self.upstream_id, upstream_id);
        // A price is one statement from one source: half of one and half of another is neither.
        replace(&mut self.price, price);
        replace(&mut self.list, list);
    }
}

fn replace<T>(slot: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *slot = value;
    }
}
