//! Whether what the provider files say can be so: a style of reasoning that the provider's format can write,
//! limits that fit the window, switches that have something to switch.

use std::collections::BTreeSet;

use catalog::{Catalog, Dialect, Provider, Reasoning};

fn speaks(provider: &Provider, wanted: Dialect) -> bool {
    provider.speaks.iter().any(|speaks| speaks.dialect == wanted)
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
        let first = provider.speaks[0].dialect;
        let styles = provider.models.iter().map(|model| (model.id.as_str(), model.reasoning));
        for (model, style) in styles.chain([("[tweak]", provider.tweak.reasoning)]) {
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
        ("mistral/mistral-small-latest", None),
        ("kimi/k3", Some(Reasoning::Effort)),
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
        let chat = tweak.reasoning_member.is_some() || tweak.max_completion_tokens || !tweak.late_system;
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
        ("kimi", Dialect::Chat),
        ("deepseek", Dialect::Chat),
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
