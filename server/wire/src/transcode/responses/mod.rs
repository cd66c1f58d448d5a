//! Responses.

mod decode;
mod encode;
mod namespace;
mod read;
mod write;

pub(super) use decode::decode;
pub(super) use encode::{encode, fitting, takes_verbosity};
pub(super) use read::{Reader, read_whole};
pub(super) use write::{Writer, write_whole};

#[cfg(test)]
mod tests;
