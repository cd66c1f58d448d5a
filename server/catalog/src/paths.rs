//! Where a vendor's address names the model and what is asked of it.

use serde::Deserialize;

/// What stands in a path for the model's name.
const MODEL: &str = "{model}";

/// What follows the address of a dialect, by what is asked for. The body of such a request names no model, but that of
/// a count does where its path does not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// For a whole answer.
    pub whole: String,
    /// For a stream.
    pub stream: String,
    /// For a count of a prompt's tokens, where the vendor gives one.
    pub count: Option<String>,
}

impl Paths {
    /// The segments of one of them, for a model. A name with a slash in it stays within its segment.
    pub fn segments<'p>(path: &'p str, model: &'p str) -> impl Iterator<Item = String> + 'p {
        path.split('/').filter(|segment| !segment.is_empty()).map(|segment| segment.replace(MODEL, model))
    }

    /// Whether the body of a count has to say which model it is for.
    #[must_use]
    pub fn counts_by_body(&self) -> bool {
        self.count.as_ref().is_some_and(|count| !count.contains(MODEL))
    }

    /// What is wrong with it: the key and the problem.
    pub(crate) fn check(&self) -> Result<(), (&'static str, String)> {
        let named =
            [("whole", Some(&self.whole)), ("stream", Some(&self.stream)), ("count", self.count.as_ref())];
        for (key, path) in named.into_iter().filter_map(|(key, path)| Some((key, path?))) {
            if !path.starts_with('/') {
                return Err((key, format!("`{path}` does not begin with /")));
            }
            if key != "count" && !path.contains(MODEL) {
                return Err((key, format!("`{path}` does not hold `{MODEL}`")));
            }
        }
        Ok(())
    }
}
