//! What the router must know of a request body, found without decoding the rest of it.

use std::ops::Range;

use bytes::Bytes;

use crate::{
    Dialect, Edit,
    json::{Cursor, Flaw, MAX_DEPTH, Shape, What, quote},
    turns::Turns,
};

/// What a request body states about itself, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// The model asked for, as the client wrote it. Empty for Gemini, where the path states it.
    pub model: String,
    /// Whether the client asked for a stream. `false` for Gemini, where the path states it.
    pub stream: bool,
    model_span: Range<usize>,
    /// Where `stream` is stated; where it could be inserted when it is not.
    stream_span: Range<usize>,
    /// Whether the body is a form, whose values stand without quotes.
    form: bool,
    usage: Option<(Range<usize>, &'static str)>,
    /// Whether usage can be asked for beside a stream that was not asked for.
    usage_with_stream: bool,
    /// Why there is nothing to answer, if there is not.
    unsaid: Option<Malformed>,
    turn_fault: Option<Malformed>,
}

/// Why a body cannot be read, as one sentence for the developer who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    message: String,
}

/// A value found in the body: its shape and place.
type Found = (Shape, Range<usize>);

/// Validates the whole body as strict JSON (UTF-8, no duplicate key at any depth, at most 128 levels) and
/// finds `model`, `stream` and `stream_options`.
///
/// Whether it holds anything to answer is found, too, but told by [`Peek::conversation`] only: what endpoints at the side
/// are asked for (vectors, sound, pictures) stands in other members.
///
/// Keys are compared exactly: `Model` is another key than `model`, and is passed on as such. Whether the
/// request makes sense otherwise is for the provider to say.
pub fn peek(dialect: Dialect, body: &[u8]) -> Result<Peek, Malformed> {
    const WHOSE: &str = "the request body";
    if let Err(error) = std::str::from_utf8(body) {
        let place = place(body, error.valid_up_to());
        return Err(Malformed::new(format!("The request body is not UTF-8 text ({place}).")));
    }
    let malformed = |flaw: Flaw| Malformed::from_flaw(WHOSE, body, &flaw);

    let mut cursor = Cursor::strict(body);
    let shape = cursor.shape().map_err(malformed)?;
    let inside = cursor.at() + 1;
    match shape {
        Shape::Object => {}
        other => {
            cursor.skip().and_then(|()| cursor.end()).map_err(malformed)?;
            let other = name(other);
            return Err(Malformed::new(format!("The request body must be a JSON object, not {other}.")));
        }
    }
    let mut model: Option<(Found, Vec<u8>)> = None;
    let mut stream: Option<Found> = None;
    let mut options: Option<Options> = None;
    let mut turns = Turns::of(dialect);
    cursor
        .object(|cursor, key| {
            match key {
                b"model" => {
                    let shape = cursor.shape()?;
                    let start = cursor.at();
                    let text = cursor.text_bytes()?.unwrap_or_default().into_owned();
                    model = Some(((shape, start..cursor.at()), text));
                }
                b"stream" => stream = Some((cursor.shape()?, cursor.span()?)),
                b"stream_options" => options = Some(Options::read(cursor)?),
                _ => turns.member(key, cursor)?,
            }
            Ok(())
        })
        .and_then(|_| cursor.end())
        .map_err(malformed)?;

    let (model, model_span) =
        if dialect == Dialect::Gemini { (String::new(), 0..0) } else { read_model(model)? };
    let stream_span = stream.as_ref().map_or(inside..inside, |(_, span)| span.clone());
    let (streams, stream_end) = match &stream {
        Some((Shape::True, span)) => (true, span.end),
        Some((Shape::False, span)) => (false, span.end),
        // OpenAI's schema has `stream` as boolean or null. Ollama streams unless told not to.
        None | Some((Shape::Null, _)) => (dialect == Dialect::Ollama, 0),
        Some((other, _)) => {
            let other = name(*other);
            return Err(Malformed::new(format!("`stream` must be true or false, not {other}.")));
        }
    };
    let stream = streams && dialect != Dialect::Gemini;
    let usage_with_stream = dialect == Dialect::Chat && !stream && options.is_none();
    let usage = if dialect == Dialect::Chat && stream { usage_edit(options, stream_end) } else { None };
    let (unsaid, turn_fault) = turns.faults();
    let form = false;
    Ok(Peek { model, stream, model_span, stream_span, form, usage, usage_with_stream, unsaid, turn_fault })
}

fn read_model(found: Option<(Found, Vec<u8>)>) -> Result<(String, Range<usize>), Malformed> {
    let Some(((shape, span), text)) = found else {
        return Err(Malformed::new("`model` is missing from the request body.".into()));
    };
    if shape != Shape::String {
        let shape = name(shape);
        return Err(Malformed::new(format!("`model` must be a string, not {shape}.")));
    }
    let Ok(text) = String::from_utf8(text) else {
        return Err(Malformed::new("`model` holds half of a surrogate pair, which is no character.".into()));
    };
    if text.trim().is_empty() {
        return Err(Malformed::new("`model` is empty.".into()));
    }
    Ok((text, span))
}

/// `stream_options` as the client wrote it.
struct Options {
    shape: Shape,
    span: Range<usize>,
    empty: bool,
    include_usage: Option<Found>,
}

impl Options {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Flaw> {
        let shape = cursor.shape()?;
        let start = cursor.at();
        let mut empty = true;
        let mut include_usage = None;
        cursor.object(|cursor, key| {
            empty = false;
            if key == b"include_usage" {
                include_usage = Some((cursor.shape()?, cursor.span()?));
                Ok(())
            } else {
                cursor.skip()
            }
        })?;
        Ok(Self { shape, span: start..cursor.at(), empty, include_usage })
    }
}

/// What to put where so that the provider states usage. A value that makes no sense is left for the provider
/// to refuse.
fn usage_edit(options: Option<Options>, stream_end: usize) -> Option<(Range<usize>, &'static str)> {
    let Some(options) = options else {
        return Some((stream_end..stream_end, r#","stream_options":{"include_usage":true}"#));
    };
    match (options.shape, options.include_usage) {
        (Shape::Null, _) => Some((options.span, r#"{"include_usage":true}"#)),
        (Shape::Object, Some((Shape::False | Shape::Null, span))) => Some((span, "true")),
        (Shape::Object, None) => {
            let inside = options.span.start + 1;
            let with = if options.empty { r#""include_usage":true"# } else { r#""include_usage":true,"# };
            Some((inside..inside, with))
        }
        _ => None,
    }
}

impl Peek {
    /// The edit that makes the body ask for `model`; `None` if it does already.
    pub fn model_edit(&self, model: &str) -> Option<Edit> {
        if self.model == model || self.model_span.is_empty() {
            return None;
        }
        if self.form {
            return Some(crate::form::model_edit(&self.model_span, model));
        }
        let mut with = Vec::with_capacity(model.len() + 2);
        quote(&mut with, model);
        Some(Edit { span: self.model_span.clone(), with: with.into() })
    }

    pub(crate) fn of_form(model: String, stream: bool, model_span: Range<usize>) -> Self {
        Self {
            model,
            stream,
            model_span,
            stream_span: 0..0,
            form: true,
            usage: None,
            usage_with_stream: false,
            unsaid: None,
            turn_fault: None,
        }
    }

    /// What the path states of a Gemini request.
    #[must_use]
    pub fn with_path(self, model: String, stream: bool) -> Self {
        Self { model, stream, ..self }
    }

    /// Whether the body holds a conversation: turns in the member and of the shape that every vendor of the dialect wants
    /// them in, one at least. Not for endpoints at the side.
    pub fn conversation(&self) -> Result<(), Malformed> {
        self.unsaid.clone().map_or(Ok(()), Err)
    }

    /// The first turn that the vendor of the dialect refuses for certain: a role that does not exist, an answer to a
    /// call that nobody made. Others who speak the dialect may take it.
    pub fn turn_fault(&self) -> Option<&Malformed> {
        self.turn_fault.as_ref()
    }

    /// The edit that makes the body ask for a stream, or for none. `usage`: a chat provider is made to state usage at
    /// the end of it, too.
    pub fn stream_edit(&self, stream: bool, usage: bool) -> Edit {
        let value = match (stream, usage && self.usage_with_stream) {
            (true, true) => r#"true,"stream_options":{"include_usage":true}"#,
            (true, false) => "true",
            (false, _) => "false",
        };
        let with =
            if self.stream_span.is_empty() { format!("\"stream\":{value},") } else { value.to_owned() };
        Edit { span: self.stream_span.clone(), with: with.into() }
    }

    /// The edit that makes a chat provider state usage at the end of a stream. `None` if the client asked for
    /// that itself, does not stream, or speaks a dialect where usage is always stated.
    pub fn usage_edit(&self) -> Option<Edit> {
        let (span, with) = self.usage.clone()?;
        Some(Edit { span, with: Bytes::from_static(with.as_bytes()) })
    }
}

impl Malformed {
    pub(crate) fn new(message: String) -> Self {
        Self { message }
    }

    /// `whose` names the body: "the request body".
    pub(crate) fn from_flaw(whose: &str, body: &[u8], flaw: &Flaw) -> Self {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Self::new(format!("{} is empty.", capital(whose)));
        }
        let place = place(body, flaw.at);
        Self::new(match &flaw.what {
            What::Expected(what) => {
                format!("{} is not valid JSON: expected {what} at {place}.", capital(whose))
            }
            What::Ends => format!("{} is not valid JSON: it ends too early, at {place}.", capital(whose)),
            What::Duplicate(key) => {
                format!("{} states the key {key:?} twice in one object, at {place}.", capital(whose))
            }
            What::TooDeep => {
                format!("{} is nested deeper than {MAX_DEPTH} levels, at {place}.", capital(whose))
            }
            What::Trailing => {
                format!("{} has more text after its JSON value, at {place}.", capital(whose))
            }
        })
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// Line and column, both from 1, the column in characters.
fn place(body: &[u8], at: usize) -> String {
    let before = body.get(..at).unwrap_or(body);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    format!("line {line}, column {column}")
}

/// What kind of value it is, for a sentence.
pub(crate) const fn name(shape: Shape) -> &'static str {
    match shape {
        Shape::Object => "an object",
        Shape::Array => "an array",
        Shape::String => "a string",
        Shape::Number => "a number",
        Shape::True | Shape::False => "a boolean",
        Shape::Null => "null",
    }
}

#[cfg(test)]
#[path = "peek_tests.rs"]
mod tests;
