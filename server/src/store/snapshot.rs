//! What routing reads, whole and in memory: no request waits for the database.
//!
//! A snapshot never changes. After every change to what it is made of a new one is published.

mod account;
mod prices;

pub use account::{Account, Speaks};
pub use prices::Prices;
pub(crate) use prices::SetPrices;

use super::{Found, Store, StoreError, StoredAccount, StoredEndpoint, StoredKey};
use crate::accounts::health::Registry;
use crate::accounts::quota::Quotas;
use crate::accounts::tokens::Wallet;
use crate::upstream::client::Way;
use crate::usage::price::Rate;
use account::{account, spoken};
use app::api::combos::{Alias, Combo};
use app::api::providers::Rotation;
use app::api::saver::SaverLevel;
use app::api::settings::Policy;
use app::api::terse::Terse;
use catalog::{Catalog, Tier};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use wire::Dialect;

/// A caller key, as a request finds it.
#[derive(Debug)]
pub struct CallerKey {
    /// Stays the same for life.
    pub id: i64,
    /// For showing.
    pub name: String,
    /// How far the output of tools is shortened for it; `None`: as the settings say.
    pub saver: Option<SaverLevel>,
    /// How tersely it is answered; `None`: as the combo says.
    pub terse: Option<Terse>,
}

/// A provider with the accounts at it.
#[derive(Debug)]
pub struct Provider {
    /// As the catalogue or the person describes it.
    pub spec: Arc<catalog::Provider>,
    /// Made by a person rather than from the catalogue.
    pub custom: bool,
    /// Whether accounts that were signed in to may be used: some vendors' terms call for a person to turn that on.
    pub signs_in: bool,
    /// Whether its address may be on a private network. Catalogue files are the operator's own word.
    pub private_network: bool,
    /// Models that its file knows and that it does not list itself.
    pub gone: HashSet<String>,
    /// Models that a person has switched off, by their ids.
    pub off: HashSet<String>,
    /// Models that it lists itself and that nobody else knows.
    pub found: HashSet<String>,
    /// When it was asked for its list of models, Unix ms; `None`: not yet, or it has none.
    pub listed_at: Option<i64>,
    /// What it speaks.
    pub speaks: Vec<Speaks>,
    /// In which order its accounts are tried.
    pub rotation: Rotation,
    /// The accounts at it, by priority.
    pub accounts: Vec<Arc<Account>>,
    /// What prices are read from.
    prices: Arc<Prices>,
}

impl Provider {
    /// How requests get to it, where an account has no way of its own.
    pub fn way(&self) -> Way<'static> {
        if self.private_network { Way::Any } else { Way::Public }
    }

    /// What the tokens of a model cost here.
    pub fn rate(&self, model: &str) -> Rate {
        self.prices.rate(&self.spec, model)
    }

    /// What they would cost if a person had set no price.
    pub fn stated_rate(&self, model: &str) -> Rate {
        self.prices.stated(&self.spec, model)
    }

    /// The endpoint for a wire format.
    pub fn speaking(&self, dialect: Dialect) -> Option<&Speaks> {
        self.speaks.iter().find(|speaks| speaks.takes(dialect))
    }

    /// The provider's name and the first number that none of these has.
    pub fn free_name(&self, taken: &HashSet<String>) -> String {
        let name = |number: usize| format!("{} {number}", self.spec.name);
        // One more number than there are names: one of them is free.
        (1..=taken.len() + 1).map(name).find(|name| !taken.contains(name)).unwrap_or_default()
    }

    /// Whether an account may be used, as far as its vendor's terms go.
    pub fn lets(&self, account: &Account) -> bool {
        self.signs_in || account.token().is_none()
    }

    /// Whether a person has switched a model off, by whichever of its names it is asked for.
    pub fn is_off(&self, model: &str) -> bool {
        if self.off.is_empty() {
            return false;
        }
        let sent = |known: &catalog::Model| known.sent_as() == model && self.off.contains(&known.id);
        self.off.contains(model) || self.spec.model(model).is_none() && self.spec.models.iter().any(sent)
    }

    /// Whether any account may be used at all.
    pub fn connected(&self) -> bool {
        self.accounts.iter().any(|account| account.enabled && self.lets(account))
    }
}

/// What routing reads.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Limits and key requirement.
    pub policy: Policy,
    /// How far the output of tools is shortened, and by which filters: one bit each.
    pub saver: (SaverLevel, u32),
    keys: HashMap<[u8; 32], Arc<CallerKey>>,
    providers: BTreeMap<String, Arc<Provider>>,
    /// Prefixes and aliases of providers -> id.
    prefixes: HashMap<String, String>,
    combos: BTreeMap<String, Combo>,
    aliases: BTreeMap<String, Alias>,
    prices: Arc<Prices>,
}

impl Snapshot {
    /// The key of that hash.
    pub fn key(&self, hash: &[u8; 32]) -> Option<&Arc<CallerKey>> {
        self.keys.get(hash)
    }

    /// The provider of that id, prefix or alias.
    pub fn provider(&self, name: &str) -> Option<&Arc<Provider>> {
        self.providers.get(name).or_else(|| self.providers.get(self.prefixes.get(name)?))
    }

    /// What prices are read from.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// All providers, by id.
    pub fn providers(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.providers.values()
    }

    /// The combo of that name, if it is on.
    pub fn combo(&self, name: &str) -> Option<&Combo> {
        self.combos.get(name).filter(|combo| combo.enabled)
    }

    /// All combos, on or off, by name.
    pub fn combos(&self) -> impl Iterator<Item = &Combo> {
        self.combos.values()
    }

    /// The combo of that name, on or off.
    pub fn combo_named(&self, name: &str) -> Option<&Combo> {
        self.combos.get(name)
    }

    /// All aliases, by name.
    pub fn aliases(&self) -> impl Iterator<Item = &Alias> {
        self.aliases.values()
    }

    /// The combos that a request for this one may go through: itself, those among its targets, and so on.
    pub fn combos_within(&self, name: &str) -> Vec<String> {
        let mut found = vec![name.to_owned()];
        let mut next = 0;
        while let Some(combo) = found.get(next).and_then(|name| self.combos.get(name)) {
            for target in &combo.targets {
                if self.combos.contains_key(&target.model) && !found.contains(&target.model) {
                    found.push(target.model.clone());
                }
            }
            next += 1;
        }
        found
    }

    /// Whether a combo, on or off, or an alias has that name.
    pub fn is_own_name(&self, name: &str) -> bool {
        self.combos.contains_key(name) || self.aliases.contains_key(name)
    }

    /// The model an alias stands for.
    pub fn alias(&self, name: &str) -> Option<&str> {
        self.aliases.get(name).map(|alias| alias.model.as_str())
    }

    /// The provider that has a model under this name, alias or `prefix/model`, and has it switched off.
    pub fn switched_off(&self, name: &str) -> Option<&Arc<Provider>> {
        let (prefix, model) = self.alias(name).unwrap_or(name).split_once('/')?;
        self.provider(prefix).filter(|provider| provider.is_off(model))
    }

    /// Every name a client can ask for now: combos, aliases, then models of connected providers.
    pub fn model_names(&self) -> Vec<String> {
        let combos = self.combos.values().filter(|combo| combo.enabled).map(|combo| combo.name.clone());
        let aliases = self.aliases.keys().filter(|name| self.switched_off(name).is_none()).cloned();
        combos.chain(aliases).chain(self.connected_models()).collect()
    }

    /// The models of connected providers, as `prefix/model`.
    pub fn connected_models(&self) -> impl Iterator<Item = String> {
        self.providers.values().filter(|provider| provider.connected()).flat_map(|provider| {
            let spec = &provider.spec;
            let left_out = |id: &String| provider.gone.contains(id) || provider.off.contains(id);
            let offered = spec.models.iter().filter(move |model| !left_out(&model.id));
            offered.map(|model| format!("{}/{}", spec.prefix, model.id))
        })
    }
}

/// What outlives snapshots, which point at it.
#[derive(Debug, Default)]
pub struct Keepers {
    /// Health of accounts.
    pub registry: Registry,
    /// Tokens of accounts that are signed in to.
    pub wallet: Wallet,
    /// How much of what accounts may use is left.
    pub quotas: Quotas,
}

/// What a snapshot is made of.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) policy: Policy,
    pub(crate) saver: (SaverLevel, u32),
    pub(crate) keys: Vec<StoredKey>,
    pub(crate) accounts: Vec<StoredAccount>,
    pub(crate) rotations: HashMap<String, Rotation>,
    pub(crate) opt_ins: HashSet<String>,
    pub(crate) found: HashMap<String, Found>,
    pub(crate) off: HashMap<String, HashSet<String>>,
    pub(crate) endpoints: Vec<StoredEndpoint>,
    pub(crate) combos: Vec<Combo>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) prices: SetPrices,
}

impl Store {
    /// Reads everything routing needs.
    pub async fn snapshot(&self, catalog: &Catalog, keepers: &Keepers) -> Result<Snapshot, StoreError> {
        let parts = Parts {
            policy: self.policy().await?,
            saver: self.saver().await?,
            keys: self.keys().await?,
            accounts: self.accounts().await?,
            rotations: self.rotations().await?,
            opt_ins: self.opt_ins().await?,
            found: self.found_models().await?,
            off: self.models_off().await?,
            endpoints: self.endpoints().await?,
            combos: self.combos().await?,
            aliases: self.aliases().await?,
            prices: self.prices().await?,
        };
        Ok(build(parts, catalog, keepers))
    }
}

/// Puts a snapshot together.
pub(crate) fn build(parts: Parts, catalog: &Catalog, keepers: &Keepers) -> Snapshot {
    let mut accounts: HashMap<&str, Vec<Arc<Account>>> = HashMap::new();
    for stored in &parts.accounts {
        let spec = catalog.get(&stored.provider_id).map(Arc::as_ref);
        let account = Arc::new(account(stored, spec, keepers));
        accounts.entry(&stored.provider_id).or_default().push(account);
    }
    let prices = Arc::new(Prices::new(parts.prices, catalog));
    let mut off = parts.off;
    let mut take = |id: &str, opt_in: bool| Own {
        off: off.remove(id).unwrap_or_default(),
        signs_in: !opt_in || parts.opt_ins.contains(id),
        rotation: parts.rotations.get(id).copied().unwrap_or_default(),
        accounts: accounts.remove(id).unwrap_or_default(),
        prices: Arc::clone(&prices),
    };
    let mut providers: BTreeMap<String, Arc<Provider>> = BTreeMap::new();
    let mut prefixes = HashMap::new();
    for spec in catalog.providers() {
        for name in spec.aliases.iter().chain([&spec.prefix]) {
            prefixes.insert(name.clone(), spec.id.clone());
        }
        let listing = Listing::of(spec, parts.found.get(&spec.id));
        let opt_in = spec.sign_in.as_ref().is_some_and(|sign_in| sign_in.opt_in);
        let provider = provider(listing, false, true, take(&spec.id, opt_in));
        providers.insert(spec.id.clone(), Arc::new(provider));
    }
    for endpoint in &parts.endpoints {
        let spec = Arc::new(custom(endpoint, catalog));
        // What a person has typed stays, whatever the endpoint lists.
        let listing = Listing { gone: HashSet::new(), ..Listing::of(&spec, parts.found.get(&spec.id)) };
        let provider = provider(listing, true, endpoint.private_network, take(&endpoint.prefix, false));
        providers.insert(endpoint.prefix.clone(), Arc::new(provider));
    }
    let keys = parts.keys.into_iter().filter_map(|key| {
        let hash = <[u8; 32]>::try_from(key.hash).ok()?;
        Some((hash, Arc::new(CallerKey { id: key.id, name: key.name, saver: key.saver, terse: key.terse })))
    });
    Snapshot {
        policy: parts.policy,
        saver: parts.saver,
        keys: keys.collect(),
        providers,
        prefixes,
        combos: parts.combos.into_iter().map(|combo| (combo.name.clone(), combo)).collect(),
        aliases: parts.aliases.into_iter().map(|alias| (alias.name.clone(), alias)).collect(),
        prices,
    }
}

/// What a person has at a provider.
struct Own {
    off: HashSet<String>,
    signs_in: bool,
    rotation: Rotation,
    accounts: Vec<Arc<Account>>,
    prices: Arc<Prices>,
}

/// A provider with what it lists itself.
struct Listing {
    spec: Arc<catalog::Provider>,
    gone: HashSet<String>,
    found: HashSet<String>,
    listed_at: Option<i64>,
}

impl Listing {
    fn of(spec: &Arc<catalog::Provider>, found: Option<&Found>) -> Self {
        let Some((listed, at)) = found else {
            let (gone, found) = Default::default();
            return Self { spec: Arc::clone(spec), gone, found, listed_at: None };
        };
        let (with, gone) = spec.with_listed(listed);
        let unknown = with.models.iter().filter(|model| spec.model(&model.id).is_none());
        let found = unknown.map(|model| model.id.clone()).collect();
        Self { spec: Arc::new(with), gone, found, listed_at: Some(*at) }
    }
}

fn provider(listing: Listing, custom: bool, private_network: bool, own: Own) -> Provider {
    let Listing { spec, gone, found, listed_at } = listing;
    let speaks = spoken(&spec, &BTreeMap::new());
    let Own { off, signs_in, rotation, accounts, prices } = own;
    Provider {
        spec,
        custom,
        signs_in,
        private_network,
        gone,
        off,
        found,
        listed_at,
        speaks,
        rotation,
        accounts,
        prices,
    }
}

/// A custom endpoint as a provider: the same rules and headers as one from the catalogue.
fn custom(endpoint: &StoredEndpoint, catalog: &Catalog) -> catalog::Provider {
    // A word was checked when it was saved.
    let dialect = catalog::Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == endpoint.dialect);
    let dialect = dialect.unwrap_or(catalog::Dialect::Chat);
    let tier = if endpoint.private_network { Tier::Local } else { Tier::Cheap };
    let speaks = catalog::Speaks::at_base(dialect, &endpoint.base_url);
    catalog.custom(&endpoint.prefix, &endpoint.name, tier, speaks, endpoint.models.iter().cloned())
}
