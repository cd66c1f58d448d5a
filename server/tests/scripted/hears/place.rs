//! A value in a request and where it stands, with each vendor's words for what is wrong with it.

use super::Refusal;
use serde_json::Value;
use wire::Dialect;

pub(super) type Checked<T = ()> = Result<T, Refusal>;

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct Place<'v> {
    pub(super) value: &'v Value,
    pub(super) path: String,
    vendor: Dialect,
}

impl<'v> Place<'v> {
    pub(super) fn root(value: &'v Value, vendor: Dialect) -> Self {
        Self { value, path: String::new(), vendor }
    }

    fn inside(&self, value: &'v Value, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { value, path, vendor: self.vendor }
    }

    /// A member; null counts as none.
    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(self.inside(value, name))
    }

    /// A member that must be there.
    pub(super) fn need(&self, name: &str) -> Checked<Self> {
        self.get(name).ok_or_else(|| {
            let path = self.inside(self.value, name).path;
            match self.vendor {
                Dialect::Chat | Dialect::Responses => Refusal::at(
                    &path,
                    "missing_required_parameter",
                    format!("Missing required parameter: '{path}'."),
                ),
                Dialect::Messages => Refusal::at(&path, "", format!("{path}: Field required")),
                Dialect::Gemini => Refusal::at(
                    &path,
                    "",
                    format!("* GenerateContentRequest.{path}: {name} is not specified\n"),
                ),
                Dialect::Ollama => Refusal::at(&path, "", format!("{name} is required")),
            }
        })
    }

    fn mistyped<T>(&self, wanted: &str) -> Checked<T> {
        let path = &self.path;
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_f64() => "a decimal",
            Value::Number(_) => "an integer",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        Err(match self.vendor {
            Dialect::Chat | Dialect::Responses => {
                let article = if wanted.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
                let message = format!(
                    "Invalid type for '{path}': expected {article} {wanted}, but got {found} instead."
                );
                Refusal::at(path, "invalid_type", message)
            }
            Dialect::Messages => {
                let wanted = match wanted {
                    "object" => "dictionary",
                    "array" => "list",
                    other => other,
                };
                Refusal::at(path, "", format!("{path}: Input should be a valid {wanted}"))
            }
            Dialect::Gemini => {
                Refusal::at(path, "", format!("Invalid value at '{path}' ({wanted}), {}", self.value))
            }
            Dialect::Ollama => {
                let found = found.rsplit(' ').next().unwrap_or_default();
                let message = format!(
                    "json: cannot unmarshal {found} into Go struct field ChatRequest.{path} of type {wanted}"
                );
                Refusal::at(path, "", message)
            }
        })
    }

    /// An object with none but these members; empty: any.
    pub(super) fn object(&self, allowed: &[&str]) -> Checked {
        let Value::Object(members) = self.value else { return self.mistyped("object") };
        let unknown = members.keys().find(|name| !allowed.is_empty() && !allowed.contains(&name.as_str()));
        let Some(name) = unknown else { return Ok(()) };
        let path = self.inside(self.value, name).path;
        Err(match self.vendor {
            Dialect::Chat | Dialect::Responses => {
                Refusal::at(&path, "unknown_parameter", format!("Unknown parameter: '{path}'."))
            }
            Dialect::Messages => Refusal::at(&path, "", format!("{path}: Extra inputs are not permitted")),
            Dialect::Gemini | Dialect::Ollama => {
                let at = if self.path.is_empty() { String::new() } else { format!(" at '{}'", self.path) };
                let message =
                    format!("Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.");
                Refusal::at(&path, "", message)
            }
        })
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Checked<Vec<Self>> {
        let Value::Array(items) = self.value else { return self.mistyped("array") };
        let item = |(index, value)| {
            let path = match self.vendor {
                Dialect::Messages => format!("{}.{index}", self.path),
                _ => format!("{}[{index}]", self.path),
            };
            Self { value, path, vendor: self.vendor }
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    pub(super) fn text(&self) -> Checked<&'v str> {
        self.value.as_str().map_or_else(|| self.mistyped("string"), Ok)
    }

    pub(super) fn bool(&self) -> Checked<bool> {
        self.value.as_bool().map_or_else(|| self.mistyped("boolean"), Ok)
    }

    /// A number within these limits.
    pub(super) fn number(&self, least: f64, most: f64) -> Checked<f64> {
        let Some(number) = self.value.as_f64() else { return self.mistyped("number") };
        self.within(number, number >= least && number <= most, least, most)
    }

    /// A whole number of at least so much.
    pub(super) fn whole(&self, least: i64) -> Checked<i64> {
        let Some(number) = self.value.as_i64() else { return self.mistyped("integer") };
        #[expect(clippy::cast_precision_loss, reason = "limits are small")]
        self.within(number, number >= least, least as f64, f64::MAX)
    }

    fn within<T: std::fmt::Display>(&self, number: T, fits: bool, least: f64, most: f64) -> Checked<T> {
        if fits {
            return Ok(number);
        }
        let limits = if most < f64::MAX { format!("{least}..{most}") } else { format!("{least}..") };
        match self.vendor {
            Dialect::Chat | Dialect::Responses => {
                let path = &self.path;
                let why = format!("Invalid '{path}': {number} is outside of the allowed range {limits}.");
                self.refuse("integer_below_min_value", &why)
            }
            _ => self.refuse("", &format!("range: {limits}")),
        }
    }

    /// A word of a list.
    pub(super) fn word(&self, allowed: &[&str]) -> Checked<&'v str> {
        let word = self.text()?;
        if allowed.contains(&word) {
            return Ok(word);
        }
        let quoted: Vec<String> = allowed.iter().map(|word| format!("'{word}'")).collect();
        match self.vendor {
            Dialect::Chat | Dialect::Responses => {
                let why = format!("Invalid value: '{word}'. Supported values are: {}.", quoted.join(", "));
                self.refuse("invalid_value", &why)
            }
            Dialect::Messages => self.refuse("", &format!("Input should be {}", quoted.join(" or "))),
            Dialect::Gemini => {
                let why = format!("Invalid value at '{}' (an enumeration), \"{word}\"", self.path);
                self.refuse("", &why)
            }
            Dialect::Ollama => self.refuse("", &format!("invalid {}: {word:?}", self.path)),
        }
    }

    /// Refused here, in so many words.
    pub(super) fn refuse<T>(&self, code: &'static str, why: &str) -> Checked<T> {
        let message = match self.vendor {
            Dialect::Messages if !self.path.is_empty() => format!("{}: {why}", self.path),
            _ => why.to_owned(),
        };
        Err(Refusal::at(&self.path, code, message))
    }
}
