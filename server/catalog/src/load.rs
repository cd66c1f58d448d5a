//! Files to providers: merge, then check what a whole provider must have.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use crate::{
    Auth, CatalogError, Dialect, Field, Model, NotOffered, Price, Provider, Rule, SignIn, Speaks, Tier,
    Tweak, builtin, field,
    file::{self, ModelFile, NotOfferedFile, PriceFile, ProviderFile, RulesFile, TweakFile},
    price::nano_usd,
};

/// Every provider that is known, by id, prefix and alias.
#[derive(Debug, Clone)]
pub struct Catalog {
    files: BTreeMap<String, (String, ProviderFile)>,
    pub(crate) default_rules: Arc<[Rule]>,
    providers: BTreeMap<String, Arc<Provider>>,
    names: HashMap<String, String>,
}

impl Catalog {
    /// The providers that come with the program.
    ///
    /// # Errors
    /// When an embedded file is faulty, which a test rules out.
    pub fn builtin() -> Result<Self, CatalogError> {
        let rules: RulesFile = file::read("rules.toml", builtin::RULES)?;
        check_rules("rules.toml", &rules.rules)?;
        let empty = Self {
            files: BTreeMap::new(),
            default_rules: rules.rules.into(),
            providers: BTreeMap::new(),
            names: HashMap::new(),
        };
        empty.with(builtin::PROVIDERS.iter().map(|(name, text)| (*name, *text)))
    }

    /// Adds a user's own files (name, text) in the order given. A file with a new id adds a provider; one with
    /// a known id overrides: keys that are present replace, headers, `[[rule]]` (by id, tried first) and
    /// `[[model]]` (by id) merge.
    ///
    /// # Errors
    /// The first fault found, as one sentence that names the file and the key.
    pub fn with_user_files(
        self,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, CatalogError> {
        self.with(files)
    }

    /// All providers, sorted by id.
    pub fn providers(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.providers.values()
    }

    /// What people ask for and is not offered, and why.
    ///
    /// # Errors
    /// When the embedded file is faulty, which a test rules out.
    pub fn not_offered() -> Result<Vec<NotOffered>, CatalogError> {
        let file: NotOfferedFile = file::read("not_offered.toml", builtin::NOT_OFFERED)?;
        Ok(file.providers)
    }

    /// The provider with this id, prefix or alias.
    #[must_use]
    pub fn get(&self, id_or_prefix_or_alias: &str) -> Option<&Arc<Provider>> {
        self.providers.get(self.names.get(id_or_prefix_or_alias)?)
    }

    fn with<N: AsRef<str>, T: AsRef<str>>(
        mut self,
        files: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Self, CatalogError> {
        for (name, text) in files {
            let name = name.as_ref();
            let read: ProviderFile = file::read(name, text.as_ref())?;
            check_list(name, "model", read.models.iter().map(|model| model.id.as_str()))?;
            check_rules(name, &read.rules)?;
            let merged = match self.files.remove(&read.id) {
                Some((_, mut known)) => {
                    known.lay_over(read);
                    known
                }
                None => read,
            };
            let provider = build(name, merged.clone(), &self.default_rules)?;
            self.providers.insert(provider.id.clone(), Arc::new(provider));
            self.files.insert(merged.id.clone(), (name.to_owned(), merged));
        }
        self.names = self.index()?;
        self.liken()?;
        self.check_lists()?;
        Ok(self)
    }

    /// Gives the models of a plan what is known of them where they are paid for by the token. Their price is none of
    /// the plan's.
    fn liken(&mut self) -> Result<(), CatalogError> {
        let mut likened = Vec::new();
        for (id, (file, raw)) in &self.files {
            let Some(like) = &raw.models_like else { continue };
            let (Some(own), Some(other)) = (self.providers.get(id), self.providers.get(like)) else {
                return Err(CatalogError::value(
                    file,
                    "models_like",
                    format!("there is no provider `{like}`"),
                ));
            };
            let models = raw.models.iter().map(|model| {
                let known = other.model(&model.id).map(|known| {
                    let serves =
                        |dialect: &Dialect| own.speaks.iter().any(|speaks| speaks.dialect == *dialect);
                    let mut speaks: Vec<_> = known.speaks.iter().copied().filter(serves).collect();
                    // All of them is what holds where none are named.
                    speaks.truncate(if speaks.len() < own.speaks.len() { usize::MAX } else { 0 });
                    Model { price: None, list: None, speaks, ..known.clone() }
                });
                let stated = build_model(file, model.clone())?;
                // A model of which the file says no more than the id.
                let bare = ModelFile { id: model.id.clone(), ..ModelFile::default() } == *model;
                Ok(known.filter(|_| bare).unwrap_or(stated))
            });
            let models = models.collect::<Result<Vec<_>, CatalogError>>()?;
            likened.push(Arc::new(Provider { models, ..(**own).clone() }));
        }
        for provider in likened {
            self.providers.insert(provider.id.clone(), provider);
        }
        Ok(())
    }

    /// Whoever is said to sell a plan's models by the token does so.
    fn check_lists(&self) -> Result<(), CatalogError> {
        for provider in self.providers.values() {
            let (file, raw) =
                self.files.get(&provider.id).map_or(("", None), |(file, raw)| (file, Some(raw)));
            let sells = |id: &str| self.providers.get(id).filter(|seller| seller.tier == Tier::Cheap);
            // What is only likened to another may stand for one that sells nothing by the token: then it has no list.
            let stated = raw.and_then(|raw| raw.list.as_deref());
            if let Some(seller) = stated.filter(|seller| sells(seller).is_none()) {
                let problem = format!("no provider `{seller}` sells by the token");
                return Err(CatalogError::value(file, "list", problem));
            }
            for model in &provider.models {
                let Some(list) = &model.list else { continue };
                let priced = |(seller, id)| sells(seller)?.model(id)?.price;
                if list.split_once('/').and_then(priced).is_none() {
                    let key = format!("model.{}.list", model.id);
                    return Err(CatalogError::value(
                        file,
                        key,
                        format!("`{list}` has no price by the token"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn index(&self) -> Result<HashMap<String, String>, CatalogError> {
        let mut names: HashMap<String, String> = HashMap::new();
        for provider in self.providers.values() {
            let words = [("id", &provider.id), ("prefix", &provider.prefix)];
            for (key, word) in words.into_iter().chain(provider.aliases.iter().map(|word| ("aliases", word)))
            {
                let taken = names.insert(word.clone(), provider.id.clone());
                if let Some(other) = taken.filter(|other| *other != provider.id) {
                    let file = self.files.get(&provider.id).map_or("", |(file, _)| file);
                    return Err(CatalogError::value(
                        file,
                        key,
                        format!("`{word}` already stands for provider `{other}`"),
                    ));
                }
            }
        }
        Ok(names)
    }
}

fn build(file: &str, raw: ProviderFile, default_rules: &Arc<[Rule]>) -> Result<Provider, CatalogError> {
    check_word(file, "id", &raw.id)?;
    let prefix = raw.prefix.unwrap_or_else(|| raw.id.clone());
    check_word(file, "prefix", &prefix)?;
    let aliases = raw.aliases.unwrap_or_default();
    for alias in &aliases {
        check_word(file, "aliases", alias)?;
    }
    let mut speaks = Vec::new();
    for entry in required(file, "speaks", raw.speaks)? {
        check_url(file, "speaks.url", &entry.url)?;
        if speaks.iter().any(|known: &Speaks| known.dialect == entry.dialect) {
            let dialect = entry.dialect.as_str();
            return Err(CatalogError::value(file, "speaks.dialect", format!("`{dialect}` is given twice")));
        }
        if let Some(driver) = entry.driver.filter(|driver| driver.dialect() != entry.dialect) {
            let dialect = driver.dialect().as_str();
            return Err(CatalogError::value(file, "speaks.driver", format!("it answers in `{dialect}`")));
        }
        if let Some(paths) = &entry.paths {
            let named = |(key, problem)| CatalogError::value(file, format!("speaks.paths.{key}"), problem);
            paths.check().map_err(named)?;
        }
        speaks.push(Speaks {
            dialect: entry.dialect,
            driver: entry.driver,
            url: entry.url,
            paths: entry.paths,
            counts: entry.counts,
            header: entry.header.unwrap_or(entry.dialect.default_header()),
            headers: lower(entry.headers),
        });
    }
    if speaks.is_empty() {
        return Err(CatalogError::value(file, "speaks", "at least one [[speaks]] is needed"));
    }
    if let Some(url) = &raw.models_url {
        check_url(file, "models_url", url)?;
    }
    if let Some(paging) = &raw.models_paging {
        let wrong = paging.check();
        wrong.map_err(|(key, problem)| CatalogError::value(file, format!("models_paging.{key}"), problem))?;
    }
    let auth = required(file, "auth", raw.auth)?;
    if let Some(sign_in) = &raw.sign_in {
        sign_in
            .check(auth)
            .map_err(|(key, problem)| CatalogError::value(file, format!("sign_in.{key}"), problem))?;
        for (key, url) in sign_in.urls() {
            check_url(file, &format!("sign_in.{key}"), url)?;
        }
    } else if matches!(auth, Auth::SignIn | Auth::ServiceAccount) {
        return Err(CatalogError::value(file, "sign_in", "is missing, and `auth` needs it"));
    }
    let facts: Vec<&str> =
        raw.sign_in.iter().flat_map(|sign_in| sign_in.facts.keys()).map(String::as_str).collect();
    let quota = raw.quota.unwrap_or_default();
    quota.check().map_err(|(key, problem)| CatalogError::value(file, format!("quota.{key}"), problem))?;
    for (key, url) in quota.urls() {
        check_url(file, &key, url)?;
    }
    let urls = speaks.iter().map(|speaks| ("speaks.url".to_owned(), speaks.url.as_str()));
    let sign_in = raw.sign_in.iter().flat_map(SignIn::urls);
    let urls = urls.chain(sign_in.map(|(key, url)| (format!("sign_in.{key}"), url)));
    let models = raw.models_url.iter().map(|url| ("models_url".to_owned(), url.as_str()));
    let others = models.chain(quota.urls().map(|(key, url)| (key, url.as_str())));
    check_fields(file, &raw.fields, &facts, urls.chain(others))?;
    let models = raw.models.into_iter().map(|model| build_model(file, model)).collect::<Result<_, _>>()?;
    let tier = required(file, "tier", raw.tier)?;
    Ok(Provider {
        name: required(file, "name", raw.name)?,
        prefix,
        aliases,
        tier,
        keys_at: raw.keys_at.unwrap_or_default(),
        terms: raw.terms.unwrap_or_default(),
        auth,
        sign_in: raw.sign_in,
        own_tool: raw.own_tool,
        fields: raw.fields,
        speaks,
        tweak: build_tweak(raw.tweak),
        rules: raw.rules,
        quota,
        models,
        models_url: raw.models_url,
        models_paging: raw.models_paging,
        also: raw.also.unwrap_or_default(),
        states_cost: raw.states_cost.unwrap_or_default(),
        list: raw.list.or(raw.models_like).filter(|_| tier != Tier::Cheap),
        default_rules: Arc::clone(default_rules),
        id: raw.id,
    })
}

fn build_tweak(raw: TweakFile) -> Tweak {
    let usual = Tweak::default();
    Tweak {
        headers: lower(raw.headers),
        key_headers: lower(raw.key_headers),
        join: lower(raw.join),
        keep: lower(raw.keep),
        drop: raw.drop.unwrap_or_default(),
        add: raw.add,
        include_usage: raw.include_usage.unwrap_or(usual.include_usage),
        stream_only: raw.stream_only.unwrap_or(usual.stream_only),
        reasoning: raw.reasoning,
        schema: raw.schema.unwrap_or(usual.schema),
        max_completion_tokens: raw.max_completion_tokens.unwrap_or(usual.max_completion_tokens),
        late_system: raw.late_system.unwrap_or(usual.late_system),
        reasoning_member: raw.reasoning_member,
        cache_marks: raw.cache_marks.unwrap_or(usual.cache_marks),
        short_ids: raw.short_ids.unwrap_or(usual.short_ids),
        system_messages: raw.system_messages.unwrap_or(usual.system_messages),
        signed_thoughts: raw.signed_thoughts.unwrap_or(usual.signed_thoughts),
        place_cache: raw.place_cache.unwrap_or(usual.place_cache),
        prefill: raw.prefill.unwrap_or(usual.prefill),
    }
}

fn build_model(file: &str, raw: ModelFile) -> Result<Model, CatalogError> {
    if raw.id.is_empty() {
        return Err(CatalogError::value(file, "model.id", "is empty"));
    }
    let price = raw.price.map(|price| build_price(file, &raw.id, price)).transpose()?;
    Ok(Model {
        name: raw.name.unwrap_or_else(|| raw.id.clone()),
        context: raw.context,
        max_output: raw.max_output,
        reasoning: raw.reasoning,
        efforts: raw.efforts.unwrap_or_default(),
        speaks: raw.speaks.unwrap_or_default(),
        images: raw.images,
        documents: raw.documents,
        tools: raw.tools,
        prefill: raw.prefill,
        upstream_id: raw.upstream_id,
        price,
        list: raw.list,
        id: raw.id,
    })
}

fn build_price(file: &str, model: &str, raw: PriceFile) -> Result<Price, CatalogError> {
    let nano = |key: &str, usd: Option<f64>| {
        usd.map(nano_usd)
            .transpose()
            .map_err(|problem| CatalogError::value(file, format!("model.{model}.price.{key}"), problem))
    };
    let price = Price {
        input: nano("input", raw.input)?,
        output: nano("output", raw.output)?,
        cache_read: nano("cache_read", raw.cache_read)?,
        cache_write: nano("cache_write", raw.cache_write)?,
        image: nano("image", raw.image)?,
    };
    match (price.input, price.cache_read) {
        (Some(input), Some(cache_read)) if cache_read > input => Err(CatalogError::value(
            file,
            format!("model.{model}.price.cache_read"),
            "is higher than `input`, and a cache read never costs more than a fresh one",
        )),
        _ => Ok(price),
    }
}

fn required<T>(file: &str, key: &str, value: Option<T>) -> Result<T, CatalogError> {
    value.ok_or_else(|| CatalogError::value(file, key, "is missing, and a new provider needs it"))
}

fn check_word(file: &str, key: &str, word: &str) -> Result<(), CatalogError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return Ok(());
    }
    Err(CatalogError::value(
        file,
        key,
        format!("`{word}` may hold only lower-case letters, digits, - _ and ."),
    ))
}

fn check_url(file: &str, key: &str, url: &str) -> Result<(), CatalogError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if rest.is_some_and(|rest| rest.split('/').next().is_some_and(|host| !host.is_empty())) {
        return Ok(());
    }
    Err(CatalogError::value(file, key, format!("`{url}` is not an http or https address")))
}

/// Every field stands in some address, and every address holds only fields that there are.
fn check_fields<'a>(
    file: &str,
    fields: &[Field],
    facts: &[&str],
    urls: impl Iterator<Item = (String, &'a str)>,
) -> Result<(), CatalogError> {
    check_list(file, "field", fields.iter().map(|field| field.name.as_str()))?;
    let names =
        |(key, url): (String, &'a str)| field::names(url).into_iter().map(move |name| (key.clone(), name));
    let held: Vec<(String, &str)> = urls.flat_map(names).collect();
    for field in fields {
        check_word(file, "field.name", &field.name)?;
        let mut sets = field.choices.iter().flat_map(|choice| choice.sets.keys());
        let stands = |name: &str| held.iter().any(|(_, held)| *held == name);
        if !stands(&field.name) && !sets.any(|name| stands(name)) {
            let problem = format!("no address holds `{{{}}}`", field.name);
            return Err(CatalogError::value(file, format!("field.{}", field.name), problem));
        }
        let said = field.choices.iter().map(|choice| &choice.value);
        let said = said.chain(Some(&field.default).filter(|default| !default.is_empty()));
        if let Some(value) = said.into_iter().find(|value| !field.accepts(value)) {
            let problem = format!("`{value}` may hold only letters, digits, - and _");
            return Err(CatalogError::value(file, format!("field.{}.choice", field.name), problem));
        }
    }
    let set = |name: &&str| {
        fields.iter().any(|field| {
            !field.choices.is_empty() && field.choices.iter().all(|choice| choice.sets.contains_key(*name))
        })
    };
    let known =
        |name: &&str| fields.iter().any(|field| field.name == **name) || facts.contains(name) || set(name);
    match held.iter().find(|(_, name)| !known(name)) {
        None => Ok(()),
        Some((key, name)) => Err(CatalogError::value(file, key, format!("there is no [[field]] `{name}`"))),
    }
}

fn check_rules(file: &str, rules: &[Rule]) -> Result<(), CatalogError> {
    check_list(file, "rule", rules.iter().map(|rule| rule.id.as_str()))?;
    for rule in rules {
        rule.check().map_err(|(key, problem)| {
            CatalogError::value(file, format!("rule.{}.{key}", rule.id), problem)
        })?;
    }
    Ok(())
}

fn check_list<'a>(file: &str, key: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), CatalogError> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(CatalogError::value(file, format!("{key}.id"), format!("`{id}` is given twice")));
        }
    }
    Ok(())
}

fn lower<V>(headers: BTreeMap<String, V>) -> BTreeMap<String, V> {
    headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}
