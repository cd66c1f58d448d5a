//! Kiro (AWS): a provider whose protocol is neither JSON over server-sent events nor a dialect of any client.
//!
//! A request is JSON of its own shape ([`request()`]), a reply an AWS event stream, which a [`Relay`] turns into a stream
//! of Anthropic Messages as it comes. From there on it is read as any other provider's.
//!
//! | file | what it turns into what |
//! |---|---|
//! | `request.rs`, `request/` | [`crate::Conversation`] -> the body of `GenerateAssistantResponse` |
//! | `frames.rs` | bytes -> frames of an AWS event stream |
//! | `stream.rs` | frames -> [`crate::Event`]s |
//! | `relay.rs` | bytes -> the bytes of a Messages stream |
//! | `error.rs` | the body of a refusal -> an error of Messages |
//!
//! Amazon documents none of this. What is said here of Kiro was read from its published clients and from what others
//! have recorded, up to August 2026 unless another date is given.

mod error;
mod frames;
#[cfg(test)]
mod framing;
mod relay;
mod request;
mod stream;

pub use error::error;
pub use frames::{Broken, FRAME_LIMIT, Frame, Frames};
pub use relay::Relay;
pub use request::{Request, Target, encode, request};
pub use stream::Stream;
