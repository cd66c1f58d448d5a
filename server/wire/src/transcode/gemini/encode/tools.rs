//! `tools` and `toolConfig`.

use super::super::schema::{Root, narrow};
use super::{CACHES_ITSELF, Encoder, json};
use crate::Conversation;
use crate::conversation::{Tool, ToolChoice};
use crate::json::tree::Path;
use crate::json::write::ObjectWriter;
use crate::transcode::free_text;

/// What the request says of tools.
pub(super) struct Tools {
    /// `tools`.
    pub(super) declared: Option<String>,
    /// `toolConfig`.
    pub(super) choice: Option<String>,
    /// Whether there are functions among them.
    pub(super) functions: bool,
}

/// Tools that run at Google.
const HOSTED: [&str; 8] = [
    "googleSearch",
    "googleSearchRetrieval",
    "codeExecution",
    "urlContext",
    "googleMaps",
    "fileSearch",
    "computerUse",
    "enterpriseWebSearch",
];

impl Encoder<'_> {
    pub(super) fn tools(&mut self, conversation: &Conversation<'_>) -> Tools {
        let mut functions = Vec::new();
        let mut hosted = Vec::new();
        for (index, tool) in conversation.tools.iter().enumerate() {
            match tool {
                Tool::Function { name, description, schema, strict, cache } => {
                    let path = Path::Root.key("tools");
                    let path = path.item(index);
                    if cache.is_some() {
                        self.drop(path.key("cache"), CACHES_ITSELF);
                    }
                    if *strict == Some(true) {
                        self.drop(path.key("strict"), "Gemini validates arguments of all tools or of none");
                    }
                    let schema = schema.as_deref().and_then(|schema| {
                        narrow(schema, Root::Arguments, &path.key("schema"), &mut self.dropped)
                    });
                    let name = self.name(name);
                    functions
                        .push(json(|out| function(out, &name, description.as_deref(), schema.as_deref())));
                }
                Tool::Custom { name, description, format } => {
                    self.names.note_custom(name);
                    if free_text::has_grammar(format.as_deref()) {
                        self.drop(format!("tools[{index}].format"), free_text::NO_GRAMMAR);
                    }
                    let name = self.name(name);
                    let told = free_text::description(description.as_deref(), format.as_deref());
                    let schema = Some(free_text::SCHEMA);
                    functions.push(json(|out| function(out, &name, told.as_deref(), schema)));
                }
                Tool::Hosted { kind } if HOSTED.contains(&kind.as_ref()) => hosted.push(kind.as_ref()),
                Tool::Hosted { kind } => {
                    self.drop(format!("tools[{index}]"), &format!("{kind} runs at another vendor"));
                }
            }
        }
        if conversation.parallel_tools == Some(false) {
            self.drop("parallel_tools", "Gemini cannot be told to call one tool at a time");
        }
        let any = !functions.is_empty();
        let choice = conversation.tool_choice.as_ref();
        if choice.is_some() && !any {
            self.drop("tool_choice", "there are no functions to choose from");
        }
        let choice = choice.filter(|_| any).and_then(|choice| self.choice(choice, conversation));
        let list = (any || !hosted.is_empty()).then(|| {
            let functions = any.then(|| format!("{{\"functionDeclarations\":[{}]}}", functions.join(",")));
            let hosted = hosted.iter().map(|kind| format!("{{\"{kind}\":{{}}}}"));
            format!("[{}]", functions.into_iter().chain(hosted).collect::<Vec<_>>().join(","))
        });
        Tools { declared: list, choice, functions: any }
    }

    fn choice(&mut self, choice: &ToolChoice<'_>, conversation: &Conversation<'_>) -> Option<String> {
        let (mode, names) = match choice {
            ToolChoice::Auto => ("AUTO", &[][..]),
            ToolChoice::None => ("NONE", &[][..]),
            ToolChoice::Required => ("ANY", &[][..]),
            ToolChoice::Named(name) => ("ANY", std::slice::from_ref(name)),
            ToolChoice::Allowed(names, true) => ("ANY", names.as_slice()),
            // Names are taken with this mode and `ANY` only.
            ToolChoice::Allowed(names, false) => ("VALIDATED", names.as_slice()),
        };
        let (offered, others): (Vec<_>, Vec<_>) = names.iter().partition(|name| conversation.has_tool(name));
        for name in &others {
            self.drop("tool_choice", &format!("names {name}, which is not offered"));
        }
        if offered.is_empty() && !others.is_empty() {
            return None;
        }
        let names: Vec<_> = offered.into_iter().map(|name| self.name(name).into_owned()).collect();
        Some(json(|out| {
            out.object("functionCallingConfig", |out| {
                out.text("mode", mode);
                if !names.is_empty() {
                    out.list("allowedFunctionNames", |list| names.iter().for_each(|name| list.text(name)));
                }
            });
        }))
    }
}

fn function(out: &mut ObjectWriter<'_>, name: &str, description: Option<&str>, schema: Option<&str>) {
    out.text("name", name);
    out.maybe_text("description", description.filter(|text| !text.is_empty()));
    out.maybe_raw("parametersJsonSchema", schema);
}
