//! Thoughts are sealed in two ways: a `thinking` block has a `signature` beside its text, which may be empty
//! (`display: "omitted"`), and a `redacted_thinking` block has nothing but `data`. Either must go back as what it was:
//! Anthropic refuses a signature in the place of redacted data (microsoft/vscode#320196, 2026-06-05), so an empty
//! text does not tell them apart. Redacted data is marked inside the seal, where only this dialect looks.

use crate::Dialect;
use crate::conversation::{Block, Seal};
use std::borrow::Cow;

/// Stands before redacted data. Signatures are base64, which has no colon.
const REDACTED: &str = "redacted_thinking:";

/// The seal of a `thinking` block; `None` for the empty signature of those who sign nothing.
pub(super) fn signed(signature: Cow<'_, str>) -> Option<Seal<'_>> {
    (!signature.is_empty()).then(|| Seal::unpack(Dialect::Messages, signature))
}

/// The seal of a client's `redacted_thinking` block: one that was packed there, or redacted data.
pub(super) fn redacted(data: Cow<'_, str>) -> Seal<'_> {
    let seal = Seal::unpack(Dialect::Messages, data.clone());
    // What was packed is never equal to its packing.
    if seal.data == data { Seal { data: mark(&data).into(), ..seal } } else { seal }
}

/// Redacted data as a seal's data.
pub(crate) fn mark(data: &str) -> String {
    format!("{REDACTED}{data}")
}

/// Redacted data out of a seal's data; `None`: it is a signature.
pub(super) fn unmark(data: &str) -> Option<&str> {
    data.strip_prefix(REDACTED)
}

/// The seal as a client keeps it.
pub(super) fn shown(seal: &Seal<'_>) -> String {
    if seal.dialect == Dialect::Messages && seal.issuer.is_empty() {
        unmark(&seal.data).unwrap_or(&seal.data).to_owned()
    } else {
        seal.pack()
    }
}

/// Puts the seal of a call that came last, which this dialect has no place for, back on it. The writer sends it as a
/// thought without words right before the call.
pub(super) fn return_to_call(blocks: &mut Vec<Block<'_>>) {
    let of_calls = |seal: &Seal<'_>| matches!(seal.dialect, Dialect::Gemini | Dialect::Chat);
    if let [.., Block::Reasoning { text, seal, .. }, Block::ToolCall(call)] = blocks.as_mut_slice()
        && text.is_empty()
        && call.seal.is_none()
        && seal.as_ref().is_some_and(of_calls)
    {
        call.seal = seal.take();
        blocks.remove(blocks.len() - 2);
    }
}
