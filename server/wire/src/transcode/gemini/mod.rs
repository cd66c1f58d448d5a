//! Gemini.
//!
//! Proto JSON accepts `camelCase` and `snake_case` names; so do we. Providers are asked in `camelCase`.

mod decode;
mod encode;
mod generation;
mod media;
mod read;
mod schema;
mod write;

use crate::conversation::seal::{is_mark, mark};

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use generation::before_3;
pub(super) use read::{Reader, read_whole};
pub(super) use write::{Writer, write_whole};

/// What stands in for a signature that was never issued, in any of the forms clients use. Vertex knows the first
/// only, and only as plain text (pydantic/pydantic-ai#3881, 2025-12-29; langchain-ai/langchain-google#1570,
/// 2026-02-06). Python's SDK sends bytes, so it is base64 there.
///
/// None of them is for clients: the first is no base64, which Go's SDK decodes (`Part.ThoughtSignature` is `[]byte`),
/// and the third is refused where it reaches Google as it is. They are given [`mark`], which [`crate::reseal`] knows.
const NO_SIGNATURE: [&str; 4] = [
    "skip_thought_signature_validator",
    "context_engineering_is_the_way_to_go",
    "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=",
    "Y29udGV4dF9lbmdpbmVlcmluZ19pc190aGVfd2F5X3RvX2dv",
];

/// Whether a signature says nothing.
fn stands_in(signature: &str) -> bool {
    signature.is_empty() || NO_SIGNATURE.contains(&signature) || is_mark(signature)
}

#[cfg(test)]
mod tests;
