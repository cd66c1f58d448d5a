//! What to paste into each tool: a part of the Connect page. Files and keys as of November 2026.

use crate::parts::copy::CodeBlock;
use crate::parts::field::Select;
use leptos::prelude::*;

/// One file or command of a tool.
struct Block {
    /// The file it goes into, or where it is typed.
    place: &'static str,
    /// With `{base}`, `{key}` and `{model}` to be filled in.
    text: &'static str,
}

/// One tool.
struct Tool {
    name: &'static str,
    /// What to do with the blocks.
    words: &'static str,
    blocks: &'static [Block],
    /// What to know before.
    caution: &'static str,
}

const TOOLS: [Tool; 8] = [
    Tool {
        name: "Claude Code",
        words: "Merge this into the settings file, or set the same variables for one session in the shell.",
        blocks: &[
            Block {
                place: "~/.claude/settings.json",
                text: r#"{
  "env": {
    "ANTHROPIC_BASE_URL": "{base}",
    "ANTHROPIC_AUTH_TOKEN": "{key}",
    "ANTHROPIC_MODEL": "{model}",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "{model}"
  }
}"#,
            },
            Block {
                place: "Shell, for one session",
                text: "ANTHROPIC_BASE_URL={base} ANTHROPIC_AUTH_TOKEN={key} ANTHROPIC_MODEL={model} claude",
            },
        ],
        caution: "",
    },
    Tool {
        name: "Codex",
        words: "Add this to the configuration file and set the key in the shell that starts Codex.",
        blocks: &[
            Block {
                place: "~/.codex/config.toml",
                text: r#"model = "{model}"
model_provider = "ninerouter"

[model_providers.ninerouter]
name = "Ninerouter"
base_url = "{base}/v1"
env_key = "NINEROUTER_API_KEY"
wire_api = "responses""#,
            },
            Block { place: "Shell", text: "export NINEROUTER_API_KEY={key}" },
        ],
        caution: "",
    },
    Tool {
        name: "OpenCode",
        words: "Merge this into the configuration file, then choose the model in OpenCode.",
        blocks: &[Block {
            place: "~/.config/opencode/opencode.json",
            text: r#"{
  "$schema": "https://opencode.ai/config.json",
  "provider": {
    "ninerouter": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "Ninerouter",
      "options": {
        "baseURL": "{base}/v1",
        "apiKey": "{key}"
      },
      "models": { "{model}": {} }
    }
  },
  "model": "ninerouter/{model}"
}"#,
        }],
        caution: "",
    },
    Tool {
        name: "Gemini CLI",
        words: "Set these in the shell that starts Gemini CLI, and choose “Use Gemini API Key” when it asks.",
        blocks: &[Block {
            place: "Shell",
            text: "export GOOGLE_GEMINI_BASE_URL={base} GEMINI_API_KEY={key}\ngemini -m {model}",
        }],
        caution: "",
    },
    Tool {
        name: "Cline",
        words: "In Cline's settings choose “OpenAI Compatible” as the API provider and fill in these three.",
        blocks: &[
            Block { place: "Base URL", text: "{base}/v1" },
            Block { place: "API key", text: "{key}" },
            Block { place: "Model ID", text: "{model}" },
        ],
        caution: "",
    },
    Tool {
        name: "Cursor",
        words: "In Settings, Models, API Keys: fill in the OpenAI key, switch on “Override OpenAI Base URL”, and add the \
                model by its name.",
        blocks: &[
            Block { place: "Override OpenAI Base URL", text: "{base}/v1" },
            Block { place: "OpenAI API key", text: "{key}" },
            Block { place: "Model name", text: "{model}" },
        ],
        caution: "Cursor's own servers call this address, so it must be a public https address. An address of this \
                  machine or of your network does not work.",
    },
    Tool {
        name: "Continue",
        words: "Add the model to the configuration file.",
        blocks: &[Block {
            place: "~/.continue/config.yaml",
            text: "name: Ninerouter
version: 1.0.0
schema: v1
models:
  - name: Ninerouter
    provider: openai
    model: {model}
    apiBase: {base}/v1
    apiKey: {key}
    roles: [chat, edit, apply]",
        }],
        caution: "",
    },
    Tool {
        name: "curl",
        words: "A first request by hand, in either format.",
        blocks: &[
            Block {
                place: "OpenAI format",
                text: r#"curl {base}/v1/chat/completions \
  -H "Authorization: Bearer {key}" \
  -H "Content-Type: application/json" \
  -d '{"model": "{model}", "messages": [{"role": "user", "content": "Say hello."}]}'"#,
            },
            Block {
                place: "Anthropic format",
                text: r#"curl {base}/v1/messages \
  -H "x-api-key: {key}" \
  -H "anthropic-version: 2023-06-01" \
  -H "Content-Type: application/json" \
  -d '{"model": "{model}", "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello."}]}'"#,
            },
        ],
        caution: "",
    },
];

/// What stands for a key whose text is not known: it is shown only when it is made.
const NO_KEY: &str = "YOUR_KEY";

/// What stands for a model when none can be asked for yet.
const NO_MODEL: &str = "provider/model";

/// One tab a tool, without a script: the tabs are radio buttons.
#[component]
pub fn Tools(base_url: String, models: Vec<String>, chosen: String, key_required: bool) -> impl IntoView {
    let model = if chosen.is_empty() { NO_MODEL.to_owned() } else { chosen };
    let tabs = TOOLS.iter().enumerate().map(|(at, tool)| {
        view! {
            <label>
                <input type="radio" name="tool" checked=at == 0 />
                <span>{tool.name}</span>
            </label>
        }
    });
    let panels = TOOLS.iter().enumerate().map(|(at, tool)| {
        let blocks = tool.blocks.iter().enumerate().map(|(number, block)| {
            let code = filled(block.text, &base_url, &model);
            view! { <CodeBlock id=format!("tool-{at}-{number}") title=block.place code /> }
        });
        view! {
            <section class="panel" aria-label=tool.name>
                <p class="soft">{tool.words}</p>
                {(!tool.caution.is_empty()).then(|| view! { <p class="alert warn">{tool.caution}</p> })}
                {blocks.collect_view()}
            </section>
        }
    });
    let (tabs, panels) = (tabs.collect_view(), panels.collect_view());
    let key_words = if key_required {
        "YOUR_KEY stands for a key whose text is shown only when it is made."
    } else {
        "No key is needed on this machine: any text will do in place of YOUR_KEY."
    };
    let none = models.is_empty();
    let options = models.iter().map(|model| (model.clone(), model.clone())).collect();
    view! {
        <section class="card" aria-labelledby="tools">
            <h2 id="tools">"Tools"</h2>
            {if none {
                view! {
                    <p class="alert warn">
                        "No model is listed yet. " <a href="/providers">"Connect a provider"</a>
                        " and its models appear here. An endpoint that lists none takes any model it has: write its \
                         prefix and the model in place of " <code>{NO_MODEL}</code> "."
                    </p>
                }
                    .into_any()
            } else {
                view! {
                    <form method="get" action="/connect" class="model-choice">
                        <Select
                            id="model"
                            name="model"
                            label="Model in the examples"
                            options
                            chosen=model.clone()
                            fills="model"
                            help=key_words
                        />
                        <noscript>
                            <button type="submit" class="button">
                                "Use this model"
                            </button>
                        </noscript>
                    </form>
                }
                    .into_any()
            }}
            <div class="tabs">
                <fieldset>
                    <legend class="visually-hidden">"Tool"</legend>
                    {tabs}
                </fieldset>
                {panels}
            </div>
        </section>
    }
    .into_any()
}

/// The text with the address in it, and places for the key and the model.
fn filled(text: &'static str, base_url: &str, model: &str) -> AnyView {
    let mut parts = Vec::new();
    let mut rest = text;
    let holes = ["{base}", "{key}", "{model}"];
    while let Some((at, hole)) = holes.iter().filter_map(|hole| rest.find(hole).map(|at| (at, *hole))).min() {
        let (before, after) = rest.split_at(at);
        parts.push(before.into_any());
        parts.push(match hole {
            "{base}" => base_url.to_owned().into_any(),
            "{key}" => view! { <mark data-filled="key">{NO_KEY}</mark> }.into_any(),
            _ => view! { <mark data-filled="model">{model.to_owned()}</mark> }.into_any(),
        });
        rest = after.strip_prefix(hole).unwrap_or_default();
    }
    parts.push(rest.into_any());
    parts.into_any()
}
