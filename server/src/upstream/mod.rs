//! How bytes reach a provider. Every ordinary provider goes through [`http`], and what else comes back from an odd one is
//! made ordinary in the file of its protocol; which host is called is decided by
//! the catalogue or by a person, never by a request.

pub mod address;
mod body;
pub mod client;
pub mod http;
pub mod kiro;
pub mod members;

pub use body::{ReplyBody, ReplyBroken};
