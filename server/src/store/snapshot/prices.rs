//! Which price of a model counts: the one place that decides.

use crate::usage::price::Rate;
use app::api::prices::PriceFrom;
use catalog::{Catalog, Price, Tier};
use std::collections::HashMap;
use std::sync::Arc;

/// Prices that a person has set: by provider, then by model.
pub(crate) type SetPrices = HashMap<String, HashMap<String, Price>>;

/// All that prices are read from.
#[derive(Debug, Default)]
pub struct Prices {
    set: SetPrices,
    /// Those who sell by the token what plans of others cover.
    sellers: HashMap<String, Arc<catalog::Provider>>,
}

impl Prices {
    /// Of what a person has set, and what the catalogue states.
    pub(crate) fn new(set: SetPrices, catalog: &Catalog) -> Self {
        let plans = catalog.providers();
        let named = plans.flat_map(|plan| {
            let models = plan.models.iter().filter_map(|model| model.list.as_deref()?.split_once('/'));
            plan.list.as_deref().into_iter().chain(models.map(|(seller, _)| seller))
        });
        let sellers = named.filter_map(|id| Some((id.to_owned(), Arc::clone(catalog.get(id)?))));
        Self { set, sellers: sellers.collect() }
    }

    /// The price that a person has set.
    pub fn set(&self, provider: &str, model: &str) -> Option<Price> {
        self.set.get(provider)?.get(model).copied()
    }

    /// The providers and models whose prices a person has set.
    pub fn all_set(&self) -> impl Iterator<Item = (&str, &str)> {
        self.set.iter().flat_map(|(provider, models)| {
            models.keys().map(move |model| (provider.as_str(), model.as_str()))
        })
    }

    /// What would count if a person had set no price for it.
    pub fn stated(&self, provider: &catalog::Provider, model: &str) -> Rate {
        self.rated(provider, model, stated_at(provider, model))
    }

    /// What the tokens of a model cost at a provider: what a person has set, else what its file states; where that is
    /// nothing and a plan covers them, what whoever sells the same model by the token takes.
    pub fn rate(&self, provider: &catalog::Provider, model: &str) -> Rate {
        self.rated(provider, model, self.at(provider, model))
    }

    fn rated(&self, provider: &catalog::Provider, model: &str, own: Option<(Price, PriceFrom)>) -> Rate {
        let covered = provider.tier != Tier::Cheap;
        let own = own.or_else(|| {
            let known = provider.model(model).and_then(|known| known.list.as_deref()?.split_once('/'));
            let (seller, id) = known.or_else(|| Some((provider.list.as_deref()?, model)))?;
            let (price, _) = self.at(self.sellers.get(seller)?, id)?;
            Some((price, PriceFrom::SoldAs(format!("{seller}/{id}"))))
        });
        let stated = provider.states_cost;
        let nobody = if stated { PriceFrom::Answers } else { PriceFrom::Unknown };
        let (price, from) = own.unwrap_or((Price::default(), nobody));
        Rate { price, covered, from, stated }
    }

    /// What is said of a model at this very provider.
    fn at(&self, provider: &catalog::Provider, model: &str) -> Option<(Price, PriceFrom)> {
        let set = self.set(&provider.id, model).map(|price| (price, PriceFrom::Yours));
        set.or_else(|| stated_at(provider, model))
    }
}

/// What the file of this very provider states of a model.
fn stated_at(provider: &catalog::Provider, model: &str) -> Option<(Price, PriceFrom)> {
    Some((provider.model(model)?.price?, PriceFrom::Catalogue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_s_price_counts_then_the_file_s_then_that_of_who_sells_a_plan_s_model() {
        let catalog = Catalog::builtin().unwrap();
        let at = |id: &str| Arc::clone(catalog.get(id).unwrap());
        let mut prices = Prices::new(SetPrices::new(), &catalog);
        let (anthropic, claude) = (at("anthropic"), at("claude"));
        let stated = prices.rate(&anthropic, "claude-opus-5");
        assert_eq!((stated.covered, stated.from), (false, PriceFrom::Catalogue));
        let plan = prices.rate(&claude, "claude-opus-5");
        assert_eq!((plan.price, plan.covered), (stated.price, true));
        assert_eq!(plan.from, PriceFrom::SoldAs("anthropic/claude-opus-5".to_owned()));
        assert_eq!(prices.rate(&claude, "nothing"), Rate { covered: true, ..Rate::default() });

        let own = Price { input: Some(7), ..Price::default() };
        let set = |provider: &str| (provider.to_owned(), HashMap::from([("claude-opus-5".to_owned(), own)]));
        prices.set = SetPrices::from([set("anthropic")]);
        assert_eq!(prices.rate(&anthropic, "claude-opus-5").from, PriceFrom::Yours);
        assert_eq!(prices.rate(&claude, "claude-opus-5").price, own, "of what others sell, too");
        prices.set = SetPrices::from([set("claude")]);
        let plan = prices.rate(&claude, "claude-opus-5");
        assert_eq!((plan.price, plan.covered, plan.from), (own, true, PriceFrom::Yours));
        assert_eq!(prices.rate(&anthropic, "claude-opus-5").price, stated.price);
    }
}
