//! How bytes reach a provider. Every ordinary provider goes through [`http`]; which host is called is decided by
//! the catalogue or by a person, never by a request.

pub mod address;
mod body;
pub mod client;
pub mod http;
pub mod members;

pub use body::{ReplyBody, ReplyBroken};
