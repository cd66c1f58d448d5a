//! Prices of models: what the catalogue states, and what a person sets in its place.

use serde::{Deserialize, Serialize};

/// Who says what a model costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceFrom {
    /// Nobody: it is unknown.
    #[default]
    Unknown,
    /// The catalogue, for this very model.
    Catalogue,
    /// A person.
    Yours,
    /// Whoever sells the same model by the token, under this `provider/model`.
    SoldAs(String),
}
