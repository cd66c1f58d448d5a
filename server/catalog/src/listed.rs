//! What a provider's own list of models says, in whichever of the usual forms it comes.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use crate::{Dialect, Model, Provider, Speaks};

/// Longest id taken, in bytes.
const LONGEST: usize = 200;
/// Where the forms in use keep the list: OpenAI's, Google's and ChatGPT's, a bare list.
const LISTS: [&str; 3] = ["/data", "/models", ""];
/// Where they say that there are more pages.
const MORE: [&str; 4] = ["/has_more", "/next_page_token", "/nextPageToken", "/nextToken"];
/// Where they keep a model's id, its name, its window and its longest answer, the first that is there.
const IDS: [&str; 4] = ["/id", "/slug", "/modelId", "/name"];
const NAMES: [&str; 4] = ["/display_name", "/displayName", "/modelName", "/name"];
const WINDOWS: [&str; 8] = [
    "/context_length",
    "/context_window",
    "/max_context_length",
    "/max_model_len",
    "/inputTokenLimit",
    "/max_input_tokens",
    "/top_provider/context_length",
    "/tokenLimits/maxInputTokens",
];
const ANSWERS: [&str; 6] = [
    "/max_output_tokens",
    "/max_completion_tokens",
    "/top_provider/max_completion_tokens",
    "/outputTokenLimit",
    "/tokenLimits/maxOutputTokens",
    "/max_tokens",
];

/// A model as its provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it is asked for by.
    pub id: String,
    /// A name for people; the id where there is none.
    pub name: String,
    /// Window in tokens, where the list says.
    pub context: Option<u64>,
    /// Longest answer in tokens, where the list says.
    pub max_output: Option<u64>,
}

/// How one gets from one page of a list to the next. Pointers are into the answer, as in RFC 6901.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Pointer to what the next page is asked for by.
    pub next: String,
    /// Pointer to whether there is a next page, where the answer says that beside.
    pub more: Option<String>,
    /// Name of the query parameter in which it is asked for.
    pub param: String,
}

impl Paging {
    /// As the vendor of a dialect has it; `None` where its lists are whole.
    #[must_use]
    pub fn of(dialect: Dialect) -> Option<Self> {
        let paging = |next: &str, more: Option<&str>, param: &str| Self {
            next: next.to_owned(),
            more: more.map(str::to_owned),
            param: param.to_owned(),
        };
        match dialect {
            // Anthropic's and Google's API reference, 2026.
            Dialect::Messages => Some(paging("/last_id", Some("/has_more"), "after_id")),
            Dialect::Gemini => Some(paging("/nextPageToken", None, "pageToken")),
            Dialect::Chat | Dialect::Responses | Dialect::Ollama => None,
        }
    }

    /// What is wrong with it.
    pub(crate) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let places = [("next", Some(&self.next)), ("more", self.more.as_ref())];
        match places.into_iter().find(|(_, place)| place.is_some_and(|place| !place.starts_with('/'))) {
            Some((key, _)) => Err((key, "a JSON pointer begins with /")),
            None if self.param.is_empty() => Err(("param", "is empty")),
            None => Ok(()),
        }
    }
}

impl Speaks {
    /// Where vendors of its dialect list the models of what is served there (GET), as many on a page as they give.
    #[must_use]
    pub fn lists_at(&self) -> String {
        let base = self.url.strip_suffix(self.dialect.path()).unwrap_or(&self.url);
        match self.dialect {
            Dialect::Chat | Dialect::Responses => format!("{base}/models"),
            Dialect::Messages => format!("{base}/models?limit=1000"),
            Dialect::Gemini => format!("{base}/models?pageSize=1000"),
            Dialect::Ollama => format!("{base}/api/tags"),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The models on it.
    pub models: Vec<Listed>,
    /// What the next page is asked for by; `None` on the last one.
    pub next: Option<String>,
}

impl Provider {
    /// The provider with what it lists itself: models that no file knows are added, and what a file does not say of one
    /// is taken from the list. Beside it the models that the file knows and the list does not have.
    #[must_use]
    pub fn with_listed(&self, listed: &[Listed]) -> (Self, HashSet<String>) {
        let mut models = self.models.clone();
        for model in &mut models {
            if let Some(said) = listed.iter().find(|said| said.id == model.sent_as()) {
                model.context = model.context.or(said.context);
                model.max_output = model.max_output.or(said.longest());
            }
        }
        let known = |id: &str| self.models.iter().any(|model| model.sent_as() == id || model.id == id);
        models.extend(listed.iter().filter(|said| !known(&said.id)).map(Model::listed));
        let gone = self.models.iter().filter(|model| !has(listed, model.sent_as()));
        (Self { models, ..self.clone() }, gone.map(|model| model.id.clone()).collect())
    }
}

impl Listed {
    /// Its longest answer. One as long as its window is no statement about answers.
    fn longest(&self) -> Option<u64> {
        self.max_output.filter(|most| self.context.is_none_or(|context| *most < context))
    }
}

impl Model {
    /// All that a list says.
    fn listed(said: &Listed) -> Self {
        Self {
            context: said.context,
            max_output: said.longest(),
            ..Self::bare(said.id.clone(), said.name.clone())
        }
    }
}

/// Whether a list has a model, or the dated version that its name stands for.
fn has(listed: &[Listed], id: &str) -> bool {
    let dated = |rest: &str| rest.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit());
    listed.iter().any(|said| {
        said.id.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('-') && dated(rest))
    })
}

/// A page of a list; `None` where it is none, or says that there are more pages and not how to get to them. What a
/// provider hides from lists (`visibility`) is left out.
#[must_use]
pub fn page(body: &[u8], paging: Option<&Paging>) -> Option<Page> {
    let said: Value = serde_json::from_slice(body).ok()?;
    let list = LISTS.iter().find_map(|place| said.pointer(place)?.as_array())?;
    let more = MORE.iter().filter_map(|place| said.pointer(place)).any(|more| match more {
        Value::Bool(more) => *more,
        Value::String(page) => !page.is_empty(),
        _ => false,
    });
    let next = paging.and_then(|paging| next(&said, paging));
    if more && next.is_none() {
        return None;
    }
    let mut known = HashSet::new();
    let models = list.iter().filter_map(read).filter(|model| known.insert(model.id.clone())).collect();
    Some(Page { models, next })
}

/// What the next page is asked for by, where there is one.
fn next(said: &Value, paging: &Paging) -> Option<String> {
    let goes_on = |place: &String| said.pointer(place).and_then(Value::as_bool).unwrap_or(false);
    if !paging.more.as_ref().is_none_or(goes_on) {
        return None;
    }
    said.pointer(&paging.next)?.as_str().filter(|next| !next.is_empty()).map(str::to_owned)
}

fn read(said: &Value) -> Option<Listed> {
    let text = |places: &[&str]| {
        let found = places.iter().find_map(|place| said.pointer(place)?.as_str());
        found.map(str::trim).filter(|text| !text.is_empty())
    };
    if said.pointer("/visibility").and_then(Value::as_str).is_some_and(|said| said != "list") {
        return None;
    }
    // Google lists what makes vectors and pictures, too, and says what each is for.
    let methods = said.pointer("/supportedGenerationMethods").and_then(Value::as_array);
    if methods.is_some_and(|methods| methods.iter().all(|method| method != "generateContent")) {
        return None;
    }
    // Google says `models/gemini-3-flash`.
    let id = text(&IDS)?;
    let id = id.strip_prefix("models/").unwrap_or(id);
    if id.len() > LONGEST || id.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return None;
    }
    let number = |places: &[&str]| {
        let found = places.iter().find_map(|place| said.pointer(place)?.as_u64());
        found.filter(|tokens| *tokens > 0)
    };
    let name = text(&NAMES).filter(|name| *name != id && name.strip_prefix("models/") != Some(id));
    let name: String = name.unwrap_or(id).chars().filter(|letter| !letter.is_control()).take(80).collect();
    Some(Listed { id: id.to_owned(), name, context: number(&WINDOWS), max_output: number(&ANSWERS) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(body: &str) -> Vec<(String, String, Option<u64>, Option<u64>)> {
        let model = |model: Listed| (model.id, model.name, model.context, model.max_output);
        let page = page(body.as_bytes(), None);
        page.map(|page| page.models).unwrap_or_default().into_iter().map(model).collect()
    }

    fn model(
        id: &str,
        name: &str,
        context: Option<u64>,
        most: Option<u64>,
    ) -> (String, String, Option<u64>, Option<u64>) {
        (id.to_owned(), name.to_owned(), context, most)
    }

    #[test]
    fn each_form_of_a_list_is_read() {
        let openai = r#"{"object":"list","data":[{"id":"gpt-5.5","object":"model","created":1,"owned_by":"openai"},{"id":"gpt-5.5"}]}"#;
        assert_eq!(all(openai), [model("gpt-5.5", "gpt-5.5", None, None)]);
        let anthropic = r#"{"data":[{"type":"model","id":"claude-opus-5","display_name":"Claude Opus 5","max_input_tokens":1000000,"max_tokens":128000}],"has_more":false}"#;
        assert_eq!(all(anthropic), [model("claude-opus-5", "Claude Opus 5", Some(1_000_000), Some(128_000))]);
        let google = r#"{"models":[{"name":"models/gemini-3-flash","displayName":"Gemini 3 Flash","inputTokenLimit":1048576,"outputTokenLimit":65536}]}"#;
        assert_eq!(all(google), [model("gemini-3-flash", "Gemini 3 Flash", Some(1_048_576), Some(65_536))]);
        let methods = r#"{"models":[{"name":"models/a","supportedGenerationMethods":["generateContent"]},{"name":"models/b","supportedGenerationMethods":["embedContent"]}]}"#;
        assert_eq!(all(methods), [model("a", "a", None, None)]);
        let openrouter = r#"{"data":[{"id":"z-ai/glm-5","name":"Z.AI: GLM 5","context_length":200000,"top_provider":{"max_completion_tokens":64000}}]}"#;
        assert_eq!(all(openrouter), [model("z-ai/glm-5", "Z.AI: GLM 5", Some(200_000), Some(64_000))]);
        let chatgpt = r#"{"models":[{"slug":"gpt-6","display_name":"GPT-6","visibility":"list","context_window":400000},{"slug":"gpt-reserve","visibility":"hide"}]}"#;
        assert_eq!(all(chatgpt), [model("gpt-6", "GPT-6", Some(400_000), None)]);
        let together =
            r#"[{"id":"deepseek-ai/DeepSeek-V4","display_name":"DeepSeek V4","context_length":131072}]"#;
        assert_eq!(all(together), [model("deepseek-ai/DeepSeek-V4", "DeepSeek V4", Some(131_072), None)]);
    }

    #[test]
    fn a_page_says_what_the_next_one_is_asked_for_by() {
        let next =
            |body: &str, dialect| page(body.as_bytes(), Paging::of(dialect).as_ref()).map(|page| page.next);
        let anthropic = r#"{"data":[{"id":"a"}],"has_more":true,"first_id":"a","last_id":"a"}"#;
        assert_eq!(next(anthropic, Dialect::Messages), Some(Some("a".to_owned())));
        assert_eq!(next(&anthropic.replace("true", "false"), Dialect::Messages), Some(None), "the last one");
        assert_eq!(
            next(&anthropic.replace("last_id", "other"), Dialect::Messages),
            None,
            "no way on is no list"
        );
        assert_eq!(next(anthropic, Dialect::Chat), None, "half a list is none");
        let google = r#"{"models":[{"name":"models/a"}],"nextPageToken":"t2"}"#;
        assert_eq!(next(google, Dialect::Gemini), Some(Some("t2".to_owned())));
        assert_eq!(next(r#"{"models":[]}"#, Dialect::Gemini), Some(None));
        let cohere = crate::Catalog::builtin().unwrap().get("cohere").unwrap().models_paging.clone();
        let body = r#"{"models":[{"name":"command-a"}],"next_page_token":"t3"}"#;
        assert_eq!(page(body.as_bytes(), cohere.as_ref()).unwrap().next, Some("t3".to_owned()));
    }

    #[test]
    fn each_dialect_has_a_place_where_models_are_listed() {
        for (dialect, base, lists_at) in [
            (Dialect::Chat, "https://a.example/v1", "https://a.example/v1/models"),
            (Dialect::Responses, "https://a.example/v1", "https://a.example/v1/models"),
            (Dialect::Messages, "https://a.example", "https://a.example/v1/models?limit=1000"),
            (Dialect::Gemini, "https://a.example", "https://a.example/v1beta/models?pageSize=1000"),
            (Dialect::Ollama, "http://localhost:11434", "http://localhost:11434/api/tags"),
        ] {
            assert_eq!(Speaks::at_base(dialect, base).lists_at(), lists_at);
        }
    }

    #[test]
    fn a_list_adds_to_what_is_known_and_takes_nothing_away() {
        let catalog = crate::Catalog::builtin().unwrap();
        let groq = catalog.get("groq").unwrap();
        let first = &groq.models[0];
        let listed = |id: &str| Listed {
            id: id.to_owned(),
            name: id.to_owned(),
            context: Some(9_000),
            max_output: None,
        };
        let (with, gone) = groq.with_listed(&[listed(&first.id), listed("brand-new")]);
        assert_eq!(with.model(&first.id).unwrap().price, first.price, "what the file says stays");
        assert_eq!(with.model("brand-new").unwrap().context, Some(9_000));
        assert_eq!(with.models.len(), groq.models.len() + 1);
        assert!(!gone.contains(&first.id) && gone.contains(&groq.models[1].id));
        assert!(has(&[listed("claude-haiku-4-5-20251001")], "claude-haiku-4-5"), "an alias of a dated one");
        assert!(!has(&[listed("gpt-5-mini")], "gpt-5"));
    }

    #[test]
    fn what_is_no_list_has_no_models() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"data":{}}"#,
            r#"{"data":[1,"a",null,{},{"id":""},{"id":"a b"}]}"#,
            "[]",
            r#"{"data":[{"id":"a"}],"has_more":true}"#,
        ] {
            assert_eq!(all(body), [], "{body}");
        }
    }
}
