//! Providers as data: which vendors there are, what they speak, what their models cost, and what each of
//! their failures means for the request. Pure: no clock, no network, no disk. See README.md.

mod builtin;
mod custom;
mod duration;
mod error;
mod field;
mod file;
mod headers;
mod instant;
mod listed;
mod load;
mod model;
mod paths;
mod price;
mod provider;
mod quota;
mod renewal;
mod reset;
mod rule;
mod sign_in;
mod verdict;

pub use duration::Millis;
pub use error::CatalogError;
pub use field::{Choice, Field, filled, values};
pub use instant::{DayEnd, Zone};
pub use listed::{Listed, Page, Paging, page};
pub use load::Catalog;
pub use model::{Effort, Model, Prefill, Reasoning};
pub use paths::Paths;
pub use price::Price;
pub use provider::{
    Also, Auth, Dialect, Driver, HeaderForKey, NotOffered, OwnTool, Provider, Speaks, Tier, Tweak,
};
pub use quota::{Count, Micro, Period, Probe, Probed, Quota, Span, Unit, WallClock, Window};
pub use renewal::quota_renewal;
pub use reset::reset_hint;
pub use rule::{Action, Rule, StatusMatch};
pub use sign_in::{Callback, Exchange, Flow, Registration, SignIn, TokenBody};
pub use verdict::{Failure, Park, Ruling, Verdict};
