//! Requests, heard as strictly as each vendor documents, and refused in its own words (the vendors' API references
//! and what users report of their refusals, read in November 2026): a bad translation must fail a test here as it
//! would fail at the vendor.

mod chat;
mod gemini;
mod gemini_tools;
mod messages;
mod messages_rules;
mod ollama;
mod place;
mod responses;
mod responses_items;
mod schema;

use super::script::Asked;
use base64::prelude::{BASE64_STANDARD, Engine};
use place::{Checked, Place};
use serde_json::{Value, json};
use wire::Dialect;

/// What a request says, as far as an answer depends on it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Whether the model has spoken before.
    pub(crate) answered: bool,
    /// The calls of the model's last turn that has any.
    pub(crate) calls: Vec<Called>,
    /// What tools answered to these.
    pub(crate) results: Vec<Answered>,
    /// Media type and number of bytes of each picture.
    pub(crate) pictures: Vec<(String, usize)>,
    /// How many thoughts came back with their proof.
    pub(crate) proofs: usize,
    /// Thoughts that came back, in words.
    pub(crate) thoughts: String,
    /// The schema asked for.
    pub(crate) schema: Option<Value>,
    /// Names of the tools offered.
    pub(crate) tools: Vec<String>,
}

/// A call the model made before.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: Value,
}

/// What a tool answered.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The call's id, or where there are none the tool's name.
    pub(crate) to: String,
    pub(crate) text: String,
}

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) message: String,
    /// OpenAI's `param`.
    pub(crate) param: String,
    /// OpenAI's `code`.
    pub(crate) code: &'static str,
}

/// Hears a request.
pub(crate) fn hear(asked: &Asked, body: &Value) -> Result<Told, Refusal> {
    let mut told = Told::default();
    let body = if asked.dialect == Dialect::Gemini { &gemini::camel(body) } else { body };
    let root = Place::root(body, asked.dialect);
    match asked.dialect {
        Dialect::Chat => chat::hear(&root, &mut told),
        Dialect::Responses => responses::hear(&root, &mut told),
        Dialect::Messages => messages::hear(&root, &mut told),
        Dialect::Gemini => gemini::hear(&root, &mut told),
        Dialect::Ollama => ollama::hear(&root, &mut told),
    }?;
    Ok(told)
}

/// A question that only counts tokens.
pub(crate) fn hear_to_count(dialect: Dialect, body: &Value) -> Result<Told, Refusal> {
    let mut told = Told::default();
    match dialect {
        Dialect::Messages => messages::hear_to_count(&Place::root(body, dialect), &mut told),
        Dialect::Responses => responses::hear_to_count(&Place::root(body, dialect), &mut told),
        Dialect::Gemini => gemini::hear_to_count(&Place::root(body, dialect), &mut told),
        Dialect::Chat | Dialect::Ollama => Ok(()),
    }?;
    Ok(told)
}

impl Refusal {
    /// A refusal at a place.
    fn at(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, message: message.into(), param: param.to_owned(), code }
    }

    /// The vendor's body of it.
    pub(crate) fn body(&self, dialect: Dialect) -> String {
        let message = &self.message;
        let or_null = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        match dialect {
            Dialect::Chat | Dialect::Responses => json!({ "error": {
                "message": message, "type": "invalid_request_error", "param": or_null(&self.param),
                "code": or_null(self.code),
            } }),
            Dialect::Messages => json!({
                "type": "error", "error": { "type": "invalid_request_error", "message": message },
                "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
            }),
            Dialect::Gemini => {
                json!({ "error": { "code": self.status, "message": message, "status": "INVALID_ARGUMENT" } })
            }
            Dialect::Ollama => json!({ "error": message }),
        }
        .to_string()
    }
}

/// A name made of letters, digits and these, not longer than that.
fn is_name(name: &str, more: &str, longest: usize) -> bool {
    let allowed = |char: char| char.is_ascii_alphanumeric() || more.contains(char);
    !name.is_empty() && name.len() <= longest && name.chars().all(allowed)
}

/// The number of bytes behind a text in base64, if it is that.
fn decoded(text: &str) -> Option<usize> {
    BASE64_STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty()).map(|bytes| bytes.len())
}

/// A `data:` address of a picture.
fn data_url(url: &str) -> Option<(String, usize)> {
    let (kind, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
    Some((kind.to_owned(), decoded(data)?))
}

impl Told {
    fn picture(&mut self, kind: &str, bytes: usize) {
        self.pictures.push((kind.to_owned(), bytes));
    }

    /// A picture by its address: in OpenAI's words what is wrong with it.
    fn picture_at(&mut self, url: &Place<'_>) -> Checked {
        const KINDS: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
        let text = url.text()?;
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(());
        }
        let Some((kind, bytes)) = data_url(text) else {
            return url.refuse("invalid_base64", "Invalid base64 image_url.");
        };
        if !KINDS.contains(&kind.as_str()) {
            let why = "You uploaded an unsupported image. Please make sure your image has of one the following \
                       formats: ['png', 'jpeg', 'gif', 'webp'].";
            return url.refuse("invalid_image_format", why);
        }
        self.picture(&kind, bytes);
        Ok(())
    }
}
