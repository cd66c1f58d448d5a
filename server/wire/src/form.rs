//! What the router must know of a `multipart/form-data` body: the model, found without copying or decoding the rest
//! (RFC 7578; file uploads of the audio and image endpoints).

use crate::peek::Malformed;
use crate::{Edit, Peek};
use memchr::memmem;
use std::ops::Range;

/// Finds `model` and `stream` in a form. `boundary` as the content type states it.
pub fn peek_form(boundary: &str, body: &[u8]) -> Result<Peek, Malformed> {
    let mut model = None;
    let mut stream = None;
    for part in Parts::new(boundary, body) {
        match part.name.as_str() {
            "model" => model = Some(part.value),
            "stream" => stream = Some(part.value),
            _ => {}
        }
    }
    let missing =
        || Malformed::new("The form has no field `model`, or does not end as its boundary says.".into());
    let span = model.ok_or_else(missing)?;
    let Ok(name) = std::str::from_utf8(&body[span.clone()]) else {
        return Err(Malformed::new("The form's field `model` is not UTF-8 text.".into()));
    };
    if name.trim().is_empty() {
        return Err(Malformed::new("The form's field `model` is empty.".into()));
    }
    let streams = stream.is_some_and(|span| body[span].trim_ascii().eq_ignore_ascii_case(b"true"));
    Ok(Peek::of_form(name.trim().to_owned(), streams, span))
}

/// The boundary in a content type; `None` where it is no form.
pub fn form_boundary(content_type: &str) -> Option<&str> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

struct Part {
    name: String,
    value: Range<usize>,
}

struct Parts<'b> {
    body: &'b [u8],
    delimiter: Vec<u8>,
    at: Option<usize>,
}

impl<'b> Parts<'b> {
    fn new(boundary: &str, body: &'b [u8]) -> Self {
        let delimiter = [b"--", boundary.as_bytes()].concat();
        let at = memmem::find(body, &delimiter).map(|start| start + delimiter.len());
        Self { body, delimiter, at }
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let start = self.at.take()?;
        let rest = self.body.get(start..)?;
        if rest.starts_with(b"--") {
            return None;
        }
        let head_length = memmem::find(rest, b"\r\n\r\n")?;
        let value_start = start + head_length + 4;
        let close = [b"\r\n", self.delimiter.as_slice()].concat();
        let length = memmem::find(self.body.get(value_start..)?, &close)?;
        self.at = Some(value_start + length + close.len());
        let head = String::from_utf8_lossy(&rest[..head_length]).into_owned();
        Some(Part { name: field_name(&head).unwrap_or_default(), value: value_start..value_start + length })
    }
}

/// `Content-Disposition: form-data; name="model"`
fn field_name(head: &str) -> Option<String> {
    let line = head.lines().find(|line| {
        line.get(..20).is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
    })?;
    line.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("name").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The edit that puts another model's name into a form.
pub(crate) fn model_edit(span: &Range<usize>, model: &str) -> Edit {
    Edit { span: span.clone(), with: model.as_bytes().to_vec().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: \
                        audio/wav\r\n\r\nRIFF\u{0}\r\n\r\n--xy\r\n--xyz\r\ncontent-disposition: form-data; \
                        name=\"model\"\r\n\r\ngroq/whisper\r\n--xyz--\r\n";

    #[test]
    fn the_model_is_found_behind_a_file_and_replaced_in_place() {
        let boundary = form_boundary("multipart/form-data; boundary=\"xyz\"").unwrap();
        let peek = peek_form(boundary, FORM.as_bytes()).unwrap();
        assert_eq!((peek.model.as_str(), peek.stream), ("groq/whisper", false));
        let edited = crate::splice(&FORM.into(), vec![peek.model_edit("whisper").unwrap()]).unwrap();
        assert_eq!(edited, FORM.replace("groq/whisper", "whisper"));
        assert_eq!(peek.model_edit("groq/whisper"), None);
    }

    #[test]
    fn a_form_that_is_cut_or_has_no_model_is_refused() {
        for cut in 0..FORM.len() - 8 {
            if FORM.is_char_boundary(cut) {
                assert!(peek_form("xyz", &FORM.as_bytes()[..cut]).is_err(), "cut at {cut}");
            }
        }
        assert!(peek_form("other", FORM.as_bytes()).is_err());
        assert_eq!(form_boundary("application/json"), None);
        assert_eq!(form_boundary("multipart/form-data"), None);
    }
}
