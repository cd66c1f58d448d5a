//! What requests used: priced, written down, summed up, forgotten when old.

pub mod budget;
pub mod price;
pub mod recorder;
pub mod retain;
