//! What an account has left and until when: where a provider tells it, how its answer is read, and what is counted here
//! where it does not. All of it is data of the provider file; asking is the server's part.

mod check;
mod condition;
mod count;
mod header;
mod period;
mod probe;
mod reading;
mod window;

use serde::Deserialize;

pub use count::Count;
pub use period::{Period, Span, WallClock};
pub use probe::{Probe, Probed};
pub use window::{Micro, Unit, Window};

use probe::ProbeFile;
use reading::Reading;

/// How much of what an account may use is left, as far as the provider lets it be known. Empty where nothing is stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "QuotaFile")]
pub struct Quota {
    /// What can be asked, in this order; see [`Quota::next_probe`].
    pub probes: Vec<Probe>,
    /// What ordinary answers say in their headers; see [`Quota::read_headers`].
    pub(crate) headers: Vec<Reading>,
    /// What is counted here because nobody tells.
    pub counts: Vec<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaFile {
    #[serde(default, rename = "probe")]
    probes: Vec<ProbeFile>,
    #[serde(default, rename = "header")]
    headers: Vec<Reading>,
    #[serde(default, rename = "count")]
    counts: Vec<Count>,
}

impl From<QuotaFile> for Quota {
    fn from(file: QuotaFile) -> Self {
        let probes = file.probes.into_iter().flat_map(ProbeFile::one_for_each_address).collect();
        Self { probes, headers: file.headers, counts: file.counts }
    }
}

impl Quota {
    /// The plans the vendor sells, where what is counted depends on which an account has; in the order of the file.
    #[must_use]
    pub fn plans(&self) -> Vec<&str> {
        let mut plans: Vec<&str> = Vec::new();
        for plan in self.counts.iter().filter_map(|count| count.plan.as_deref()) {
            if !plans.contains(&plan) {
                plans.push(plan);
            }
        }
        plans
    }

    /// What is counted for an account of this plan when this model is asked. Without a plan: what holds for all.
    pub fn counts_for<'a>(
        &'a self,
        plan: Option<&'a str>,
        model: &'a str,
    ) -> impl Iterator<Item = &'a Count> {
        self.counts.iter().filter(move |count| {
            (count.plan.is_none() || count.plan.as_deref() == plan) && count.holds_for(model)
        })
    }

    /// Whether nothing at all is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.probes.is_empty() && self.headers.is_empty() && self.counts.is_empty()
    }
}
