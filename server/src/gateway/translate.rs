//! Between plan and attempt: the request as a target wants it. Spliced where both speak the same dialect, so that
//! every byte survives but the named edits; transcoded otherwise.

use super::caller::Tool;
use super::inbound::{Inbound, Side};
use super::lost::Failed;
use super::plan::{self, Limits, Step, Wants};
use crate::store::snapshot::Speaks;
use crate::upstream::members;
use bytes::Bytes;
use catalog::{Also, Driver, Prefill, Reasoning};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use memchr::memmem;
use std::sync::OnceLock;
use url::Url;
use wire::conversation::{Effort, Names};
use wire::kiro::Relay;
use wire::{
    Asked, Conversation, Dialect, Dropped, Encoded, Interrupted, Malformed, Needs, Passage, ReasoningStyle,
    Resume, Target, Translation,
};

/// A token is seldom longer than this many bytes: a request has at least so many tokens as this says.
const TOKEN_BYTES: u64 = 6;
/// The smallest window of any model, in tokens.
const SMALLEST_WINDOW: u64 = 2048;
/// What stands in a body that shows pictures or documents, in whatever dialect.
const MEDIA: [&[u8]; 5] = [b"image", b"inlineData", b"inline_data", b"document", b"file"];

/// A request that is decoded once, when first a target wants another dialect.
pub struct Request<'i> {
    /// As it was read.
    pub inbound: &'i Inbound,
    /// What it comes from.
    tool: &'i Tool,
    conversation: OnceLock<Result<Conversation<'i>, Malformed>>,
}

/// A request on its way to one target.
pub(super) struct Outgoing {
    /// Where to.
    pub(super) url: Url,
    /// What.
    pub(super) body: Bytes,
    /// What could not be carried over.
    pub(super) dropped: Vec<Dropped>,
    /// Whether the provider is asked for a stream.
    pub(super) streams: bool,
    /// How the answer gets back.
    pub(super) back: Back,
    /// Makes the answer one of `back.from`, where the provider speaks something else.
    pub(super) relay: Option<Relay>,
}

/// How an answer gets from a provider's dialect into the client's.
pub(super) struct Back {
    /// The provider's dialect.
    pub(super) from: Dialect,
    /// The client's dialect.
    to: Dialect,
    /// The provider.
    issuer: String,
    /// Whether usage was asked for and not by the client.
    swallow_usage: bool,
    /// Whether the answer is none of ours to understand: sound, pictures, vectors.
    raw: bool,
    /// Whether it holds images that were asked for.
    pub(super) images: bool,
    asked: Asked,
}

impl<'i> Request<'i> {
    /// Not decoded yet.
    pub fn new(inbound: &'i Inbound, tool: &'i Tool) -> Self {
        Self { inbound, tool, conversation: OnceLock::new() }
    }

    /// Whether it goes to a step's provider as it came, but for the model's name: it comes from the vendor's own tool.
    pub(super) fn untouched(&self, step: &Step) -> bool {
        let own = step.target.provider.spec.own_tool.as_ref();
        let own = own.is_some_and(|own| own.name == self.tool.name);
        own && step.speaks().is_some_and(|speaks| speaks.takes(self.inbound.dialect))
    }

    /// The request in no dialect in particular.
    pub fn conversation(&self) -> Result<&Conversation<'i>, &Malformed> {
        let inbound = self.inbound;
        let body = || inbound.savings.body(&inbound.bytes);
        let decode = || wire::decode(inbound.dialect, body(), inbound.peek.stream);
        self.conversation.get_or_init(decode).as_ref()
    }

    /// How a step's model is made to go on with an answer.
    pub(super) fn resume(&self, step: &Step) -> Resume {
        let chat = step.speaks().is_some_and(|speaks| speaks.dialect == Dialect::Chat);
        match step.target.provider.spec.prefill(&step.target.model) {
            // Anthropic refuses the beginning of an answer where there is thinking.
            Prefill::Plain if !self.reasons() => Resume::Plain,
            Prefill::Prefix if chat => Resume::Member("prefix"),
            Prefill::Partial if chat => Resume::Member("partial"),
            Prefill::Plain | Prefill::Prefix | Prefill::Partial | Prefill::None => Resume::Turn,
        }
    }

    fn reasons(&self) -> bool {
        let reasoning = self.conversation().ok().and_then(|conversation| conversation.reasoning.as_ref());
        reasoning.is_some_and(|reasoning| !reasoning.off())
    }

    /// What is wrong with a request that was refused as it came, by our own reading of its dialect.
    pub(super) fn fault(&self, step: &Step, failed: &Failed) -> Option<Malformed> {
        let inbound = self.inbound;
        let same = step.speaks().is_some_and(|speaks| speaks.takes(inbound.dialect));
        let faulty = failed.status.is_some_and(|status| matches!(status.as_u16(), 400 | 422));
        let asks = same && faulty && inbound.side.is_none();
        asks.then(|| wire::diagnose(inbound.dialect, &inbound.bytes, inbound.peek.stream))?
    }

    /// Whether the answer must have a form that two halves from two models would not have.
    pub(super) fn has_form(&self) -> bool {
        self.conversation().is_ok_and(|conversation| conversation.format.is_some())
    }

    /// The request as a step's target wants it. `id` names the reply where the provider does not; `at`: Unix ms. `rest`:
    /// what was answered already, and how the model is made to go on.
    pub(super) fn outgoing(
        &self,
        step: &Step,
        id: &str,
        at: i64,
        rest: Option<(&str, Resume)>,
    ) -> Result<Outgoing, String> {
        let speaks = step.speaks().ok_or("The catalogue changed while this request was under way.")?;
        let inbound = self.inbound;
        let spec = &step.target.provider.spec;
        let streams = inbound.peek.stream || (spec.tweak.stream_only && !self.untouched(step));
        let same = speaks.takes(inbound.dialect);
        let mut asked = Asked {
            id: id.to_owned(),
            model: step.target.model.clone(),
            at: at.div_euclid(1000),
            stream_usage: false,
            form: inbound.form,
            names: Names::default(),
        };
        let (mut swallow_usage, mut relay) = (false, None);
        let (body, dropped) = if speaks.driver == Some(Driver::Kiro) {
            let (body, dropped, made) = self.for_kiro(step, id, rest)?;
            relay = Some(made);
            (body, dropped)
        } else if same {
            let (body, swallow) = self.spliced(step, speaks, streams, false)?;
            swallow_usage = swallow;
            // Where it need not be asked for, the client has asked for it itself.
            let asks = inbound.dialect == Dialect::Chat && inbound.peek.stream;
            asked.stream_usage = asks && inbound.peek.usage_edit().is_none();
            (body, Vec::new())
        } else {
            let conversation = self.conversation().map_err(ToString::to_string)?;
            let encoded = encoded(conversation, step, speaks.dialect, streams);
            asked.stream_usage = conversation.stream_usage;
            asked.names = encoded.names;
            let body = Bytes::from(encoded.body);
            let edits = members::edits(spec, speaks, false, &body);
            let body = wire::splice(&body, edits).map_err(|_| "The request could not be edited.")?;
            (body, encoded.dropped)
        };
        let body = match rest.filter(|_| relay.is_none()) {
            Some((said, resume)) => continued(speaks.dialect, &body, said, resume)?,
            None => body,
        };
        let query = if same { inbound.query.as_deref() } else { None };
        let url = match &inbound.side {
            None => speaks.address(step.target.sent_as(), streams, query),
            Some(Side::Also(_, path)) => speaks.beside("/chat/completions", path, query),
            Some(Side::Compact) => speaks.beside("", "/compact", query),
        };
        // Whether sound or pictures come as a stream is the provider's to say.
        let streams = streams || inbound.side.is_some();
        let raw = matches!(inbound.side, Some(Side::Also(also, _)) if also != Also::Completions);
        let images = matches!(inbound.side, Some(Side::Also(Also::Images, _)));
        let issuer = spec.id.clone();
        let back =
            Back { from: speaks.dialect, to: inbound.dialect, issuer, swallow_usage, raw, images, asked };
        Ok(Outgoing { url, body, dropped, streams, back, relay })
    }

    /// The body with which a step's provider is asked to count the prompt's tokens; `None` where it cannot be asked.
    pub(super) fn counting(&self, step: &Step) -> Option<Bytes> {
        let speaks = step.speaks()?;
        let body = if speaks.takes(self.inbound.dialect) {
            self.spliced(step, speaks, false, true).ok()?.0
        } else {
            let body = encoded(self.conversation().ok()?, step, speaks.dialect, false).body.into();
            wire::splice(&body, members::edits(&step.target.provider.spec, speaks, true, &body)).ok()?
        };
        wire::count_request(speaks.dialect, &body, step.target.sent_as())
    }

    /// The body as received, but for named edits, and whether usage was asked for on the client's behalf. `counts`: a
    /// count of its tokens is asked for.
    fn spliced(
        &self,
        step: &Step,
        speaks: &Speaks,
        streams: bool,
        counts: bool,
    ) -> Result<(Bytes, bool), String> {
        let inbound = self.inbound;
        let spec = &step.target.provider.spec;
        let mut edits = Vec::new();
        if !speaks.names_model_in_path(counts) {
            edits.extend(inbound.peek.model_edit(step.target.sent_as()));
        }
        if self.untouched(step)
            || matches!(inbound.side, Some(Side::Also(also, _)) if also != Also::Completions)
        {
            // Pictures and sound know none of the members below.
            let body = wire::splice(&inbound.bytes, edits).map_err(|_| "The request could not be edited.")?;
            return Ok((body, false));
        }
        edits.extend(inbound.savings.edits());
        let usage_edit = if spec.tweak.include_usage { inbound.peek.usage_edit() } else { None };
        let swallow = usage_edit.is_some();
        edits.extend(usage_edit);
        if streams && !inbound.peek.stream && inbound.dialect != Dialect::Gemini {
            edits.push(inbound.peek.stream_edit(true, spec.tweak.include_usage));
        }
        edits.extend(members::edits(spec, speaks, counts, &inbound.bytes));
        edits.extend(wire::reseal(inbound.dialect, &spec.id, spec.tweak.signed_thoughts, &inbound.bytes));
        let body = wire::splice(&inbound.bytes, edits).map_err(|_| "The request could not be edited.")?;
        Ok((body, swallow))
    }
}

impl plan::Asked for Request<'_> {
    fn model(&self) -> &str {
        &self.inbound.peek.model
    }

    fn dialect(&self) -> Dialect {
        self.inbound.dialect
    }

    fn tool(&self) -> &str {
        &self.tool.name
    }

    fn wants(&self) -> Wants {
        match &self.inbound.side {
            None => Wants::Answer,
            Some(Side::Compact) => Wants::Own,
            Some(Side::Also(also, _)) => Wants::Also(*also),
        }
    }

    fn needs(&self) -> Result<Needs, Malformed> {
        self.conversation().map(Conversation::needs).map_err(Clone::clone)
    }

    fn turn_fault(&self) -> Option<&Malformed> {
        self.inbound.peek.turn_fault()
    }

    fn least_tokens(&self) -> u64 {
        let body = &self.inbound.bytes;
        let sent = body.len().saturating_sub(self.inbound.savings.bytes());
        let tokens = u64::try_from(sent).unwrap_or(0) / TOKEN_BYTES;
        // A picture has far fewer tokens than its bytes would say. No window is so small that a short body need be
        // searched for one.
        if tokens < SMALLEST_WINDOW {
            return tokens;
        }
        if MEDIA.iter().any(|media| memmem::find(body, media).is_some()) {
            return 0;
        }
        tokens
    }
}

/// A request for the rest of an answer.
pub(super) fn continued(dialect: Dialect, body: &Bytes, said: &str, resume: Resume) -> Result<Bytes, String> {
    let edit = wire::continuation(dialect, body, said, resume);
    let edit = edit.ok_or("The request has no turns that an answer could be added to.")?;
    wire::splice(body, vec![edit]).map_err(|_| "The request could not be edited.".to_owned())
}

/// A conversation as a step's target wants it.
fn encoded(conversation: &Conversation<'_>, step: &Step, dialect: Dialect, streams: bool) -> Encoded {
    let efforts = efforts(step);
    wire::encode(dialect, conversation, &target(step, streams, &efforts))
}

/// The levels of reasoning that a step's model takes.
fn efforts(step: &Step) -> Vec<Effort> {
    let model = step.target.provider.spec.model(&step.target.model);
    let effort = |effort: &catalog::Effort| match effort {
        catalog::Effort::None => Effort::None,
        catalog::Effort::Minimal => Effort::Minimal,
        catalog::Effort::Low => Effort::Low,
        catalog::Effort::Medium => Effort::Medium,
        catalog::Effort::High => Effort::High,
        catalog::Effort::XHigh => Effort::XHigh,
        catalog::Effort::Max => Effort::Max,
    };
    model.map(|model| model.efforts.iter().map(effort).collect()).unwrap_or_default()
}

/// What the encoder must know of a step's target.
fn target<'s>(step: &'s Step, stream: bool, efforts: &'s [Effort]) -> Target<'s> {
    let spec = &step.target.provider.spec;
    let model = spec.model(&step.target.model);
    let tweak = &spec.tweak;
    let reasoning = match model.and_then(|model| model.reasoning).or(tweak.reasoning) {
        Some(Reasoning::Effort) => ReasoningStyle::Effort,
        Some(Reasoning::Budget) => ReasoningStyle::Budget,
        Some(Reasoning::Adaptive) => ReasoningStyle::Adaptive,
        Some(Reasoning::Switch) => ReasoningStyle::Switch,
        // A model that cannot be asked to reason refuses a request that does.
        Some(Reasoning::None) | None => ReasoningStyle::None,
    };
    Target {
        max_output: model.and_then(|model| model.max_output),
        reasoning,
        efforts,
        schema: tweak.schema,
        max_completion_tokens: tweak.max_completion_tokens,
        late_system: tweak.late_system,
        reasoning_member: tweak.reasoning_member.as_deref(),
        cache_marks: tweak.cache_marks,
        short_ids: tweak.short_ids,
        system_messages: tweak.system_messages,
        place_cache: tweak.place_cache,
        ..Target::new(step.target.sent_as(), &spec.id, stream)
    }
}

impl Back {
    /// Whether nothing is translated.
    pub(super) fn is_same(&self) -> bool {
        self.from == self.to
    }

    /// The way of a stream that begins with these headers.
    pub(super) fn passage(&self, limits: Limits, headers: &HeaderMap) -> Passage {
        if self.raw {
            return Passage::raw(is_events(headers));
        }
        let passage = if self.is_same() {
            Passage::same(self.to, self.swallow_usage, self.asked.form)
        } else {
            let translation = Translation::new(self.from, &self.issuer, self.to, self.asked.clone());
            Passage::other(translation, self.to, self.asked.form)
        };
        if limits.rescue {
            passage.cared_for(!limits.alone, &self.issuer, self.asked.clone())
        } else {
            passage
        }
    }

    /// A way that leads nowhere: tells what a stream says without forwarding it.
    pub(super) fn probe(&self) -> Passage {
        Passage::same(self.from, false, wire::Form::Events)
    }

    /// The way of a stream that goes on with what another began.
    pub(super) fn going_on(&self, interrupted: Interrupted, limits: Limits) -> Passage {
        interrupted.go_on(self.from, &self.issuer, self.asked.names.clone(), !limits.alone)
    }

    /// The way of a stream into one reply.
    pub(super) fn collecting(&self) -> Translation {
        Translation::collecting(self.from, &self.issuer)
    }

    /// A whole reply of the provider's, for a client that wants it whole.
    pub(super) fn whole(&self, body: &Bytes, report: &wire::Report) -> Result<Bytes, Malformed> {
        if self.is_same() {
            return Ok(body.clone());
        }
        Ok(self.written(&self.reply(body, report)?))
    }

    /// A whole reply of the provider's, for a client that wants a stream.
    pub(super) fn streamed(&self, body: &Bytes, report: &wire::Report) -> Result<Bytes, Malformed> {
        Ok(wire::write_stream(self.to, &self.reply(body, report)?, self.asked.clone()).into())
    }

    /// A reply, for a client that wants it whole.
    pub(super) fn written(&self, reply: &wire::Reply) -> Bytes {
        wire::write_whole(self.to, reply, &self.asked).into()
    }

    fn reply(&self, body: &Bytes, report: &wire::Report) -> Result<wire::Reply, Malformed> {
        let mut reply = wire::read_whole(self.from, body, &self.issuer)?;
        reply.usage = report.usage;
        Ok(reply)
    }

    /// Whether a stream reaches the client in other frames than the provider sent.
    pub(super) fn frames_anew(&self) -> bool {
        !self.is_same() || self.asked.form == wire::Form::Array
    }

    /// Names what the client's stream is, in place of what the provider's was.
    pub(super) fn name_stream(&self, headers: &mut HeaderMap) {
        let kind = match (self.to, self.asked.form) {
            _ if self.raw => return,
            (Dialect::Ollama, _) => "application/x-ndjson",
            (Dialect::Gemini, wire::Form::Array) => "application/json",
            _ => "text/event-stream",
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }

    /// Whether a reply comes piece by piece: server-sent events, Ollama's lines, and whatever is not JSON where we do
    /// not understand it.
    pub(super) fn is_stream(&self, headers: &HeaderMap) -> bool {
        // OpenAI's plans stream without saying so (October 2026).
        let Some(kind) = headers.get(CONTENT_TYPE) else { return true };
        let kind = kind.as_bytes().to_ascii_lowercase();
        let lines = kind.starts_with(b"application/x-ndjson");
        is_events(headers) || lines || self.raw && !kind.starts_with(b"application/json")
    }
}

fn is_events(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    kind.is_some_and(|kind| kind.starts_with(b"text/event-stream"))
}
