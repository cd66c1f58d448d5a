//! The top-level members of a request's body, as a provider wants them.

use crate::store::snapshot::Speaks;
use wire::{Edit, change_members, drop_members};

/// The member that names the model, in every dialect that has one.
const MODEL: &str = "model";

/// The edits that leave out of a body what the provider refuses and put in what it wants. `counts`: the body asks for a
/// count of the prompt's tokens.
pub fn edits(spec: &catalog::Provider, speaks: &Speaks, counts: bool, body: &[u8]) -> Vec<Edit> {
    let tweak = &spec.tweak;
    let dropped = if speaks.names_model_in_path(counts) {
        &[tweak.drop.as_slice(), &[MODEL.to_owned()]].concat()
    } else {
        &tweak.drop
    };
    match (dropped.is_empty(), tweak.add.is_empty()) {
        (true, true) => Vec::new(),
        (false, true) => drop_members(body, dropped),
        (_, false) => change_members(body, dropped, &tweak.add),
    }
}
