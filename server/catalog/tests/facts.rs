//! Whether what the provider files say can be so: a style of reasoning that the provider's format can write,
//! levels that it can be asked for, limits that fit the window, switches that have something to switch.

use std::collections::BTreeSet;

use catalog::{
    Catalog, Dialect,
    Effort::{High, Low, Max, Medium, Minimal, None as Off, XHigh},
    Model, Prefill, Provider, Reasoning,
};

fn speaks(provider: &Provider, wanted: Dialect) -> bool {
    provider.speaks.iter().any(|speaks| speaks.dialect == wanted)
}

/// The format in which a model is asked by those who speak none of its own.
fn first(provider: &Provider, model: &Model) -> Dialect {
    let serves = |dialect: &Dialect| model.speaks.is_empty() || model.speaks.contains(dialect);
    provider.speaks.iter().map(|speaks| speaks.dialect).find(serves).unwrap_or(provider.speaks[0].dialect)
}

/// The formats in which a style can be written.
fn written_in(style: Reasoning) -> &'static [Dialect] {
    use Dialect::{Chat, Gemini, Messages, Ollama, Responses};
    match style {
        Reasoning::None => &[Chat, Responses, Messages, Gemini, Ollama],
        Reasoning::Effort => &[Chat, Responses, Gemini, Ollama],
        Reasoning::Budget => &[Messages, Gemini],
        Reasoning::Adaptive => &[Messages],
        Reasoning::Switch => &[Chat, Messages, Ollama],
    }
}

#[test]
fn reasoning_is_asked_for_in_a_way_that_the_first_format_can_write() {
    for provider in Catalog::builtin().unwrap().providers() {
        // A request is written anew only where the provider does not speak the client's format, and then in its
        // first.
        let styles =
            provider.models.iter().map(|model| (model.id.as_str(), model.reasoning, first(provider, model)));
        let all = ("[tweak]", provider.tweak.reasoning, provider.speaks[0].dialect);
        for (model, style, first) in styles.chain([all]) {
            let Some(style) = style else { continue };
            assert!(
                written_in(style).contains(&first),
                "{} {model}: {style:?} cannot be written in {}",
                provider.id,
                first.as_str()
            );
        }
    }
}

#[test]
fn claude_takes_a_budget_up_to_4_5_and_a_level_after() {
    let catalog = Catalog::builtin().unwrap();
    for model in &catalog.get("anthropic").unwrap().models {
        let old = model.id.contains("-4-5");
        let expected = if old { Reasoning::Budget } else { Reasoning::Adaptive };
        assert_eq!(model.reasoning, Some(expected), "{}", model.id);
    }
}

#[test]
fn each_model_is_asked_in_the_way_it_takes() {
    let catalog = Catalog::builtin().unwrap();
    for (model, style) in [
        ("openai/gpt-5.6", Some(Reasoning::Effort)),
        ("openai/o4-mini", Some(Reasoning::Effort)),
        ("openai/gpt-4.1", None),
        ("groq/openai/gpt-oss-20b", Some(Reasoning::Effort)),
        // Answers 400 to every level that clients ask for.
        ("groq/qwen/qwen3-32b", None),
        ("mistral/mistral-small-latest", Some(Reasoning::Effort)),
        ("mistral/magistral-medium-latest", None),
        ("kimi/k3", Some(Reasoning::None)),
        ("kimi/k2p6", Some(Reasoning::Switch)),
        ("xai/grok-4.20-0309-reasoning", Some(Reasoning::None)),
        ("gemini/gemini-2.5-flash", Some(Reasoning::Budget)),
        ("gemini/gemini-3.8-flash", Some(Reasoning::Effort)),
    ] {
        let (provider, id) = model.split_once('/').unwrap();
        assert_eq!(catalog.get(provider).unwrap().model(id).unwrap().reasoning, style, "{model}");
    }
}

#[test]
fn levels_belong_to_a_style_that_has_them_and_stand_in_order() {
    for provider in Catalog::builtin().unwrap().providers() {
        for model in &provider.models {
            let (name, efforts) = (format!("{}/{}", provider.id, model.id), &model.efforts);
            if efforts.is_empty() {
                continue;
            }
            let style = model.reasoning.or(provider.tweak.reasoning);
            assert!(
                matches!(style, Some(Reasoning::Effort | Reasoning::Adaptive)),
                "{name}: levels with {style:?}"
            );
            assert!(efforts.windows(2).all(|pair| pair[0] < pair[1]), "{name}: {efforts:?}");
            // All of them is what holds where none are named.
            assert!(efforts.len() < 7, "{name}: all");
            // Whoever asked for reasoning would turn it off.
            assert_ne!(*efforts, [Off], "{name}");
        }
    }
}

#[test]
fn claude_takes_levels_from_low_to_max() {
    for model in &Catalog::builtin().unwrap().get("anthropic").unwrap().models {
        let levels: Vec<_> = model.efforts.iter().filter(|effort| **effort != Off).copied().collect();
        match model.reasoning {
            Some(Reasoning::Budget) => assert!(levels.is_empty(), "{}", model.id),
            _ if model.id.ends_with("-4-6") => assert_eq!(levels, [Low, Medium, High, Max], "{}", model.id),
            _ => assert_eq!(levels, [Low, Medium, High, XHigh, Max], "{}", model.id),
        }
    }
}

#[test]
fn each_model_takes_the_levels_its_vendor_names() {
    let catalog = Catalog::builtin().unwrap();
    for (model, levels) in [
        ("openai/gpt-6-astra", &[Low, Medium, High, XHigh, Max][..]),
        ("openai/gpt-5.6", &[Off, Low, Medium, High, XHigh, Max]),
        ("openai/gpt-5.3-codex", &[Low, Medium, High, XHigh]),
        ("openai/gpt-5.1", &[Off, Low, Medium, High]),
        ("openai/gpt-5", &[Minimal, Low, Medium, High]),
        ("openai/o3", &[Low, Medium, High]),
        ("groq/openai/gpt-oss-120b", &[Low, Medium, High]),
        ("cerebras/gpt-oss-120b", &[Low, Medium, High]),
        ("gemini/gemini-3.8-flash", &[Low, Medium, High]),
        ("gemini/gemini-3.5-flash", &[Minimal, Low, Medium, High]),
        ("mistral/mistral-medium-latest", &[Off, High]),
        ("glm/glm-5.3", &[Low, High, Max]),
        ("xai/grok-4.5", &[Low, Medium, High]),
        ("xai/grok-4.3", &[Off, Low, Medium, High]),
        ("groq/qwen/qwen3-32b", &[]),
        ("openai/gpt-4.1", &[]),
    ] {
        let (provider, id) = model.split_once('/').unwrap();
        assert_eq!(catalog.get(provider).unwrap().model(id).unwrap().efforts, levels, "{model}");
    }
}

#[test]
fn a_beginning_is_given_in_a_way_that_some_format_of_the_provider_can_write() {
    for provider in Catalog::builtin().unwrap().providers() {
        for model in &provider.models {
            let name = format!("{}/{}", provider.id, model.id);
            let way = provider.prefill(&model.id);
            let chat = model.speaks.is_empty() || model.speaks.contains(&Dialect::Chat);
            let marked = matches!(way, Prefill::Prefix | Prefill::Partial);
            assert!(!marked || chat && speaks(provider, Dialect::Chat), "{name}: {way:?}");
            assert_ne!(model.prefill, Some(provider.tweak.prefill), "{name} says what its provider says");
        }
    }
}

#[test]
fn an_answer_is_continued_where_the_vendor_says_so() {
    let catalog = Catalog::builtin().unwrap();
    for model in &catalog.get("anthropic").unwrap().models {
        let old = model.id.contains("-4-5");
        let expected = if old { Prefill::Plain } else { Prefill::None };
        assert_eq!(catalog.get("anthropic").unwrap().prefill(&model.id), expected, "{}", model.id);
    }
    for (model, expected) in [
        ("mistral/codestral-latest", Prefill::Prefix),
        ("ollama/whatever-is-installed", Prefill::Plain),
        ("deepseek/deepseek-flash", Prefill::None),
        ("openai/gpt-5.6", Prefill::None),
        ("gemini/gemini-3.8-flash", Prefill::None),
    ] {
        let (provider, id) = model.split_once('/').unwrap();
        assert_eq!(catalog.get(provider).unwrap().prefill(id), expected, "{model}");
    }
}

#[test]
fn text_models_read_text_and_the_others_what_their_vendor_says() {
    let catalog = Catalog::builtin().unwrap();
    for provider in catalog.providers() {
        for model in &provider.models {
            let name = format!("{}/{}", provider.id, model.id);
            // A page of a document is an image, unless the provider reads it for the model.
            if provider.id != "openrouter" {
                assert!(model.images != Some(false) || model.documents != Some(true), "{name}");
            }
            let lower = model.id.to_lowercase();
            if ["gpt-oss", "qwen3-coder", "llama-3", "deepseek-v3"].iter().any(|text| lower.contains(text)) {
                assert_eq!(model.images, Some(false), "{name}");
            }
            // Of what a reseller passes on nothing may be known.
            let stated = model.images.is_some() || model.documents.is_some() || model.tools.is_some();
            if stated && (lower.contains("claude") || lower.contains("gemini")) {
                // Kiro's protocol has no place for documents.
                let documents = Some(provider.id != "kiro");
                assert_eq!(
                    (model.images, model.documents, model.tools),
                    (Some(true), documents, Some(true)),
                    "{name}"
                );
            }
        }
    }
    for (model, images, tools) in [
        ("glm/glm-4.7", Some(false), Some(true)),
        ("glm/glm-5v-turbo", Some(true), Some(true)),
        ("groq/groq/compound", Some(false), Some(false)),
        ("kimi/kimi-for-coding", None, None),
    ] {
        let (provider, id) = model.split_once('/').unwrap();
        let found = catalog.get(provider).unwrap().model(id).unwrap();
        assert_eq!((found.images, found.tools), (images, tools), "{model}");
    }
}

#[test]
fn a_model_speaks_some_of_what_its_provider_speaks() {
    for provider in Catalog::builtin().unwrap().providers() {
        for model in &provider.models {
            let name = format!("{}/{}", provider.id, model.id);
            let once: BTreeSet<_> = model.speaks.iter().collect();
            assert_eq!(once.len(), model.speaks.len(), "{name}: {:?}", model.speaks);
            for dialect in &model.speaks {
                assert!(speaks(provider, *dialect), "{name}: {}", dialect.as_str());
            }
            // All of them is what holds where none are named.
            assert!(model.speaks.len() < provider.speaks.len(), "{name}: all");
        }
    }
}

#[test]
fn openai_is_asked_in_chat_only_for_models_that_take_tools_there() {
    let catalog = Catalog::builtin().unwrap();
    for model in &catalog.get("openai").unwrap().models {
        let new =
            ["gpt-5.4", "gpt-5.5", "gpt-5.6", "gpt-6"].iter().any(|prefix| model.id.starts_with(prefix));
        let expected: &[_] = if new || model.id.contains("codex") { &[Dialect::Responses] } else { &[] };
        assert_eq!(model.speaks, expected, "{}", model.id);
    }
}

#[test]
fn an_answer_is_shorter_than_the_window() {
    for provider in Catalog::builtin().unwrap().providers() {
        for model in &provider.models {
            let Some(most) = model.max_output else { continue };
            assert!(most >= 4_096, "{} {}", provider.id, model.id);
            // A "limit" as large as the window is no statement about answers.
            assert!(
                model.context.is_some_and(|context| most < context)
                    || model.context.is_none() && most <= 200_000,
                "{} {}: {most}",
                provider.id,
                model.id
            );
        }
    }
}

#[test]
fn a_switch_belongs_to_a_format_that_is_spoken() {
    for provider in Catalog::builtin().unwrap().providers() {
        let (id, tweak) = (&provider.id, &provider.tweak);
        // Without chat it says that thoughts go back without a signature.
        let member_only = tweak.reasoning_member.is_some() && !speaks(provider, Dialect::Messages);
        let chat = member_only || tweak.max_completion_tokens || !tweak.late_system;
        assert!(!chat || speaks(provider, Dialect::Chat), "{id}: chat");
        assert!(tweak.place_cache || speaks(provider, Dialect::Messages), "{id}: place_cache");
        let member = tweak.reasoning_member.as_deref();
        assert!(matches!(member, None | Some("reasoning_content" | "reasoning")), "{id}: {member:?}");
        for name in &tweak.drop {
            assert_ne!(member, Some(name.as_str()), "{id}");
        }
    }
}

#[test]
fn what_else_is_served_stands_beside_a_chat_address() {
    for provider in Catalog::builtin().unwrap().providers() {
        let once: BTreeSet<_> = provider.also.iter().collect();
        assert_eq!(once.len(), provider.also.len(), "{}", provider.id);
        assert!(provider.also.is_empty() || speaks(provider, Dialect::Chat), "{}", provider.id);
    }
}

#[test]
fn the_first_format_is_the_one_that_loses_least() {
    let catalog = Catalog::builtin().unwrap();
    for (id, first) in [
        ("openai", Dialect::Responses),
        ("xai", Dialect::Responses),
        ("gemini", Dialect::Gemini),
        ("minimax", Dialect::Messages),
        ("glm", Dialect::Chat),
        ("kimi", Dialect::Messages),
        ("deepseek", Dialect::Chat),
        ("glm-cn", Dialect::Chat),
        ("minimax-cn", Dialect::Messages),
        ("opencode-go", Dialect::Chat),
        ("perplexity-agent", Dialect::Responses),
    ] {
        assert_eq!(catalog.get(id).unwrap().speaks[0].dialect, first, "{id}");
    }
}

#[test]
fn reasoning_is_handed_back_where_its_lack_is_refused_and_not_where_it_is_itself_refused() {
    let catalog = Catalog::builtin().unwrap();
    let member = |id: &str| catalog.get(id).unwrap().tweak.reasoning_member.clone();
    for id in ["deepseek", "kimi", "openrouter"] {
        assert_eq!(member(id).as_deref(), Some("reasoning_content"), "{id}");
    }
    assert_eq!(member("cerebras"), None);
}
