//! Writes JSON text: members in the order they are given, raw values as they are.

use super::quote;

/// A JSON text in the making.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

/// An object in the making.
pub(crate) struct ObjectWriter<'w> {
    out: &'w mut Vec<u8>,
    empty: bool,
}

/// An array in the making.
pub(crate) struct ListWriter<'w> {
    out: &'w mut Vec<u8>,
    empty: bool,
}

impl Writer {
    /// One object as a whole text.
    pub(crate) fn object(capacity: usize, write: impl FnOnce(&mut ObjectWriter<'_>)) -> Vec<u8> {
        let mut writer = Self { out: Vec::with_capacity(capacity) };
        object(&mut writer.out, write);
        writer.out
    }

    /// One object, appended to `out`.
    pub(crate) fn append(out: &mut Vec<u8>, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        object(out, write);
    }
}

fn object(out: &mut Vec<u8>, write: impl FnOnce(&mut ObjectWriter<'_>)) {
    out.push(b'{');
    write(&mut ObjectWriter { out, empty: true });
    out.push(b'}');
}

fn list(out: &mut Vec<u8>, write: impl FnOnce(&mut ListWriter<'_>)) {
    out.push(b'[');
    write(&mut ListWriter { out, empty: true });
    out.push(b']');
}

impl ObjectWriter<'_> {
    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        quote(self.out, key);
        self.out.push(b':');
    }

    /// A string.
    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        quote(self.out, text);
    }

    /// A string, if there is one.
    pub(crate) fn maybe_text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A value as it is written.
    pub(crate) fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A value as it is written, if there is one.
    pub(crate) fn maybe_raw(&mut self, key: &str, json: Option<&str>) {
        if let Some(json) = json {
            self.raw(key, json);
        }
    }

    /// A whole number.
    pub(crate) fn count(&mut self, key: &str, number: u64) {
        self.key(key);
        self.out.extend_from_slice(number.to_string().as_bytes());
    }

    /// A boolean.
    pub(crate) fn bool(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }

    /// `null`.
    pub(crate) fn null(&mut self, key: &str) {
        self.raw(key, "null");
    }

    /// An object.
    pub(crate) fn object(&mut self, key: &str, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        self.key(key);
        object(self.out, write);
    }

    /// An array.
    pub(crate) fn list(&mut self, key: &str, write: impl FnOnce(&mut ListWriter<'_>)) {
        self.key(key);
        list(self.out, write);
    }
}

impl ListWriter<'_> {
    fn next(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
    }

    /// A string.
    pub(crate) fn text(&mut self, text: &str) {
        self.next();
        quote(self.out, text);
    }

    /// A value as it is written.
    pub(crate) fn raw(&mut self, json: &str) {
        self.next();
        self.out.extend_from_slice(json.as_bytes());
    }

    /// An object.
    pub(crate) fn object(&mut self, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        self.next();
        object(self.out, write);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_items_are_separated() {
        let text = Writer::object(0, |body| {
            body.text("a", "x\"y");
            body.list("b", |items| {
                items.raw("1.50");
                items.object(|item| item.null("c"));
                items.text("é");
            });
            body.object("d", |_| {});
            body.count("e", 7);
            body.maybe_text("f", None);
            body.bool("g", true);
        });
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, r#"{"a":"x\"y","b":[1.50,{"c":null},"é"],"d":{},"e":7,"g":true}"#);
    }
}
