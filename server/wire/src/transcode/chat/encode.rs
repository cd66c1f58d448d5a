//! A request for a provider.

use crate::{Conversation, Encoded, Target};

/// Encodes a request.
pub(crate) fn encode(_conversation: &Conversation<'_>, _target: &Target<'_>) -> Encoded {
    Encoded::default()
}
