//! JSON Schema to and from what Gemini takes.

mod narrow;
mod openapi;
mod shape;

pub(super) use narrow::{Root, narrow};
pub(super) use openapi::from_openapi;

#[cfg(test)]
mod tests;
