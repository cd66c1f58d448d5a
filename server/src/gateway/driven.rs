//! What is asked of a provider that speaks no client's dialect.

use super::plan::Step;
use super::translate::{Request, continued};
use crate::upstream::kiro;
use bytes::Bytes;
use uuid::Uuid;
use wire::kiro::Relay;
use wire::{Dropped, Resume};

impl Request<'_> {
    /// The body for Kiro, what was lost on the way, and what makes the answer one of Messages. `id`: of the request.
    /// `rest`: what was answered already, and how the model is made to go on.
    pub(super) fn for_kiro(
        &self,
        step: &Step,
        id: &str,
        rest: Option<(&str, Resume)>,
    ) -> Result<(Bytes, Vec<Dropped>, Relay), String> {
        let inbound = self.inbound;
        let (body, again);
        let conversation = match rest {
            None => self.conversation().map_err(ToString::to_string)?,
            Some((said, resume)) => {
                let saved = wire::splice(&inbound.bytes, inbound.savings.edits().collect());
                let saved = saved.map_err(|_| "The request could not be edited.")?;
                body = continued(inbound.dialect, &saved, said, resume)?;
                again = wire::decode(inbound.dialect, &body, inbound.peek.stream);
                again.as_ref().map_err(ToString::to_string)?
            }
        };
        let (model, issuer) = (step.target.sent_as(), &step.target.provider.spec.id);
        let made = kiro::request(conversation, model, named(inbound.conversation, id));
        let relay = Relay::new(id, &step.target.model, issuer, made.names);
        Ok((made.body.into(), made.dropped, relay))
    }
}

/// The id of a conversation, or that of a request that belongs to none.
fn named(conversation: Option<u64>, request: &str) -> Uuid {
    match conversation {
        Some(conversation) => {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&conversation.to_be_bytes());
            bytes[8..].copy_from_slice(&conversation.rotate_left(32).to_be_bytes());
            Uuid::new_v8(bytes)
        }
        None => Uuid::parse_str(request).unwrap_or_default(),
    }
}
