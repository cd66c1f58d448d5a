//! Messages.

mod decode;
mod encode;
mod ids;
mod read;
mod seals;
mod write;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use read::{Reader, read_whole};
pub(super) use write::{Writer, write_whole};

#[cfg(test)]
mod fixtures_tests;
