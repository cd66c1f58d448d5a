//! Messages.

mod decode;
mod encode;
mod ids;
mod read;
mod seals;
mod write;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(crate) use ids::{NO_RESULT, unused as unused_id};
pub(super) use read::{Reader, read_whole};
pub(crate) use seals::mark as redacted_data;
pub(super) use write::write_whole;
pub(crate) use write::{Writer, kind_of};

#[cfg(test)]
pub(crate) use write::well_formed;

#[cfg(test)]
mod fixtures_tests;
