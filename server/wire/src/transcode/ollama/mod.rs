//! Ollama.

mod decode;
mod encode;
mod images;
mod read;
mod write;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(crate) use images::mime as sniffed_mime;
pub(super) use read::{Reader, read_whole};
pub(super) use write::{Writer, write_whole};
