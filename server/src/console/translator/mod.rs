//! Translator: a request, a reply or a recorded stream of one dialect in another, by the same functions as the
//! gateway's. Nothing is kept and nothing is sent.

mod compare;
pub(super) mod pretty;
mod recognise;

use super::Desk;
use crate::clock;
use app::api::Problem;
use app::api::requests::LeftOut;
use app::api::translator::{Asking, TEXT_LIMIT, Translated, Translator};
use app::pages::translator::{Submitted, too_long};
use async_trait::async_trait;
use axum::Form;
use axum::extract::rejection::FormRejection;
use bytes::Bytes;
use http::StatusCode;
use pretty::pretty;
use recognise::{Kind, recognise};
use wire::{Asked, Conversation, Dialect, Dropped, Fault, FaultKind, Malformed, Reply, Target, Translation};

/// Stands for the model where the original names none.
const MODEL: &str = "some-model";

/// What the form of the page holds.
pub(crate) fn submitted(form: Result<Form<Asking>, FormRejection>) -> Submitted {
    Submitted(match form {
        Ok(Form(asking)) => Ok(asking),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_long(None)),
        Err(rejection) => Err(Problem::invalid("text", format!("This form cannot be read: {rejection}."))),
    })
}

#[async_trait]
impl Translator for Desk {
    async fn translate(&self, asking: Asking) -> Result<Translated, Problem> {
        self.person()?;
        translate(asking, clock::now().unix_ms)
    }
}

/// A text on its way from one dialect into another.
struct Job {
    from: Dialect,
    to: Dialect,
    text: Bytes,
    /// Unix seconds, for replies that must say when they were made.
    at: i64,
}

/// What came out, before it is told who asked for it.
#[derive(Default)]
struct Done {
    text: String,
    dropped: Vec<LeftOut>,
    notes: Vec<String>,
}

/// Translates what was pasted. `now`: Unix ms.
fn translate(asking: Asking, now: i64) -> Result<Translated, Problem> {
    let Asking { kind, from, to, text } = asking;
    let dialect = |field: &str, name: &str| {
        name.parse::<Dialect>().map_err(|unknown| Problem::invalid(field, sentence(&unknown.to_string())))
    };
    let kind = match kind.as_str() {
        "" => None,
        name => Some(Kind::parse(name).ok_or_else(|| {
            Problem::invalid("kind", format!("{name:?} is none of request, reply and stream."))
        })?),
    };
    let from = if from.is_empty() { None } else { Some(dialect("from", &from)?) };
    let to = dialect("to", &to)?;
    if text.len() > TEXT_LIMIT {
        return Err(too_long(Some(text.len())));
    }
    if text.trim().is_empty() {
        return Err(Problem::invalid(
            "text",
            "There is nothing to translate. Paste a request, a reply or a stream.",
        ));
    }
    let (kind, from, recognised) = match (kind, from) {
        (Some(kind), Some(from)) => (kind, from, String::new()),
        (kind, from) => recognise(&text, kind, from).map_err(refuse)?,
    };
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let job = Job { from, to, text: text.into(), at: now.div_euclid(1000) };
    let done = match kind {
        Kind::Request => job.request(),
        Kind::Reply => job.reply(),
        Kind::Stream => job.stream(),
    };
    let Done { text, dropped, notes } = done.map_err(refuse)?;
    Ok(Translated {
        kind: kind.as_str().to_owned(),
        from: from.to_string(),
        to: to.to_string(),
        recognised,
        text,
        dropped,
        notes,
    })
}

fn refuse(why: impl ToString) -> Problem {
    Problem::invalid("text", why.to_string())
}

/// An error of a library as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// The provider that a dialect is the own one of, whose seals it takes back.
fn home(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat | Dialect::Responses => "openai",
        Dialect::Messages => "anthropic",
        Dialect::Gemini => "gemini",
        Dialect::Ollama => "ollama",
    }
}

/// Where a request of a dialect is sent.
fn address(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "/v1/chat/completions",
        Dialect::Responses => "/v1/responses",
        Dialect::Messages => "/v1/messages",
        Dialect::Gemini => "/v1beta/models/{model}:generateContent",
        Dialect::Ollama => "/api/chat",
    }
}

impl Job {
    fn request(&self) -> Result<Done, Malformed> {
        let peek = wire::peek(self.from, &self.text)?;
        let mut notes = vec![format!("Clients send such a request to `POST {}`.", address(self.to))];
        let conversation = wire::decode(self.from, &self.text, peek.stream);
        if self.from == self.to {
            notes.push(
                "A provider of the same format gets it as it is, but for the name of the model and what that \
                 provider refuses."
                    .to_owned(),
            );
            notes.extend(conversation.err().map(|why| format!("No other format can be made of it: {why}")));
            return Ok(Done { text: pretty(&self.text), notes, ..Done::default() });
        }
        let conversation: Conversation<'_> = conversation?;
        let model = if peek.model.is_empty() { MODEL } else { &peek.model };
        let encoded = wire::encode(self.to, &conversation, &Target::new(model, home(self.to), peek.stream));
        if self.from == Dialect::Gemini {
            notes.push(format!("Gemini names the model in the address, so `{MODEL}` stands for it here."));
        }
        if self.to == Dialect::Gemini {
            notes.push(
                "In this format the address says which model it is for, and `:streamGenerateContent?alt=sse` in \
                 place of `:generateContent` asks for a stream."
                    .to_owned(),
            );
        }
        notes.push(
            "A real request is also fitted to its target: the limits of the model, and what the provider refuses."
                .to_owned(),
        );
        let dropped = encoded.dropped.into_iter().map(|Dropped { path, why }| LeftOut { what: path, why });
        Ok(Done { text: pretty(&encoded.body), dropped: dropped.collect(), notes })
    }

    fn reply(&self) -> Result<Done, Malformed> {
        let report = wire::read_reply(self.from, &self.text)?;
        if let Some(error) = report.error {
            let fault = Fault::of_provider(500, &error);
            let notes = vec![format!(
                "This is an error. With no HTTP status in it, it is told as if that had been {}.",
                fault.status()
            )];
            return Ok(Done { text: pretty(&fault.body(self.to)), notes, ..Done::default() });
        }
        if self.from == self.to {
            return Ok(Done {
                text: pretty(&self.text),
                notes: vec![PASSED_ON.to_owned()],
                ..Done::default()
            });
        }
        let mut before = wire::read_whole(self.from, &self.text, home(self.from))?;
        before.usage = report.usage;
        let written = wire::write_whole(self.to, &before, &self.asked(&before.model));
        let after = wire::read_whole(self.to, &written, home(self.from)).ok().map(|mut after| {
            after.usage = wire::read_reply(self.to, &written).ok().and_then(|report| report.usage);
            after
        });
        Ok(self.told(pretty(&written), Some(&before), after.as_ref()))
    }

    fn stream(&self) -> Result<Done, Malformed> {
        let collect = |dialect, text: &Bytes| {
            let mut translation = Translation::collecting(dialect, home(self.from));
            let fits = translation.push(text.clone()).is_ok();
            let (reply, report) = translation.into_reply();
            (reply.ok().filter(|_| fits), report)
        };
        let (before, report) = collect(self.from, &self.text);
        let mut done = if self.from == self.to {
            Done { text: lossy(&self.text), notes: vec![PASSED_ON.to_owned()], ..Done::default() }
        } else {
            let mut translation =
                Translation::new(self.from, home(self.from), self.to, self.asked(&report.model));
            let broken = Fault::new(FaultKind::BadGateway, BROKEN);
            let mut written = Vec::new();
            for seen in translation.push(self.text.clone()).unwrap_or_default() {
                written.extend_from_slice(&seen.raw);
            }
            written.extend_from_slice(&translation.finish(&broken).0);
            let written = Bytes::from(written);
            let after = collect(self.to, &written).0;
            self.told(lossy(&written), before.as_ref(), after.as_ref())
        };
        if let Some(error) = report.error {
            done.notes.push(format!("The stream holds an error, and ends with it: {}", error.message));
        } else if !report.content && report.finish.is_empty() {
            done.notes.push(format!("Nothing in it reads as a stream of this format ({}).", self.from));
        } else if before.is_none() {
            done.notes.push(
                "The stream breaks off before its end, so the client gets an error there, unless another target can \
                 go on with it."
                    .to_owned(),
            );
        }
        Ok(done)
    }

    /// A reply as it was written, and what a client can no longer know from it.
    fn told(&self, text: String, before: Option<&Reply>, after: Option<&Reply>) -> Done {
        let dropped = match (before, after) {
            (Some(before), Some(after)) => compare::lost(before, after, self.to, &text),
            _ => Vec::new(),
        };
        let mut notes =
            vec!["Members that only this one vendor has, such as fingerprints, stay behind.".to_owned()];
        if text.contains("NinerouterSeal01") {
            notes.push(
                "What begins with `NinerouterSeal01` is the vendor's signature, packed so that the client hands it \
                 back and only that vendor gets to see it again."
                    .to_owned(),
            );
        }
        Done { text, dropped, notes }
    }

    fn asked(&self, model: &str) -> Asked {
        Asked {
            id: "0123456789abcdef01234567".to_owned(),
            model: if model.is_empty() { MODEL } else { model }.to_owned(),
            at: self.at,
            stream_usage: true,
            ..Asked::default()
        }
    }
}

/// What a client is told where a stream breaks off.
const BROKEN: &str = "The provider ended the stream before its end.";

/// Said of a reply between two of the same dialect.
const PASSED_ON: &str = "A client of the same format gets it as it came.";

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;
