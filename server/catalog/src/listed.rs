//! What a provider's own list of models says, in whichever of the usual forms it comes.

use std::collections::HashSet;

use serde_json::Value;

use crate::{Model, Provider};

/// Most models read from a list: resellers have some hundreds.
const MOST: usize = 1_000;
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

/// The models of a list; empty where it is none, or only the first page of one. What a provider hides from lists
/// (`visibility`) is left out.
#[must_use]
pub fn listed(body: &[u8]) -> Vec<Listed> {
    let Ok(said) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let more = MORE.iter().filter_map(|place| said.pointer(place)).any(|more| match more {
        Value::Bool(more) => *more,
        Value::String(page) => !page.is_empty(),
        _ => false,
    });
    if more {
        return Vec::new();
    }
    let list = LISTS.iter().find_map(|place| said.pointer(place)?.as_array());
    let mut models: Vec<Listed> = Vec::new();
    for model in list.into_iter().flatten().filter_map(read).take(MOST) {
        if models.iter().all(|known| known.id != model.id) {
            models.push(model);
        }
    }
    models
}

fn read(said: &Value) -> Option<Listed> {
    let text = |places: &[&str]| {
        let found = places.iter().find_map(|place| said.pointer(place)?.as_str());
        found.map(str::trim).filter(|text| !text.is_empty())
    };
    if said.pointer("/visibility").and_then(Value::as_str).is_some_and(|said| said != "list") {
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
        listed(body.as_bytes()).into_iter().map(model).collect()
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
        let openrouter = r#"{"data":[{"id":"z-ai/glm-5","name":"Z.AI: GLM 5","context_length":200000,"top_provider":{"max_completion_tokens":64000}}]}"#;
        assert_eq!(all(openrouter), [model("z-ai/glm-5", "Z.AI: GLM 5", Some(200_000), Some(64_000))]);
        let chatgpt = r#"{"models":[{"slug":"gpt-6","display_name":"GPT-6","visibility":"list","context_window":400000},{"slug":"gpt-reserve","visibility":"hide"}]}"#;
        assert_eq!(all(chatgpt), [model("gpt-6", "GPT-6", Some(400_000), None)]);
        let together =
            r#"[{"id":"deepseek-ai/DeepSeek-V4","display_name":"DeepSeek V4","context_length":131072}]"#;
        assert_eq!(all(together), [model("deepseek-ai/DeepSeek-V4", "DeepSeek V4", Some(131_072), None)]);
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
