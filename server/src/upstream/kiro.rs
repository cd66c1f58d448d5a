//! Kiro: a request of its own shape, and an AWS event stream that comes back, made a stream of Messages. From there on it
//! is read as any other provider's.

use super::body::ReplyBody;
use super::http::Reply;
use http::HeaderValue;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::Body;
use uuid::Uuid;
use wire::Conversation;
use wire::kiro::{Relay, Request, Target, encode};

/// Most of a refusal's body that is read.
const ERROR_BODY: usize = 1024 * 1024;
/// Where a request comes from: one of the protocol's own words, which name kinds of programs and have none for others.
/// Its editor, its newer command line and requests with keys all say this one (August 2026).
const ORIGIN: &str = "AI_EDITOR";

/// Encodes a request. `conversation_id`: the same for all requests of one conversation.
///
/// No profile is stated: keys and Builder IDs must not state one (August 2026).
pub fn request(conversation: &Conversation<'_>, model: &str, conversation_id: Uuid) -> Request {
    let conversation_id = conversation_id.to_string();
    let target =
        Target { model, conversation_id: &conversation_id, origin: ORIGIN, profile: None, fields: None };
    encode(conversation, &target)
}

/// An answer as a provider of Messages would have given it: a stream, or a refusal.
pub async fn ordinary(mut reply: Reply, relay: Relay) -> Reply {
    // What the body becomes has another length.
    reply.headers.remove(CONTENT_LENGTH);
    reply.headers.remove(CONTENT_ENCODING);
    if reply.status.is_success() {
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        return Reply { body: reply.body.relayed(Box::new(relay)), ..reply };
    }
    let said = reply.body.whole(ERROR_BODY).await.unwrap_or_default();
    let body = wire::kiro::error(reply.status.as_u16(), &said);
    reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Reply { status: reply.status, headers: reply.headers, body: ReplyBody::new(Body::from(body)) }
}
