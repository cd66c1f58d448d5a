//! The files that are part of the program. A test compares this list with the folder.

/// The default rules.
pub(crate) const RULES: &str = include_str!("../rules.toml");

macro_rules! embed {
    ($($id:literal),* $(,)?) => {
        &[$((concat!("providers/", $id, ".toml"), include_str!(concat!("../providers/", $id, ".toml")))),*]
    };
}

/// Every provider file: name and text.
pub(crate) const PROVIDERS: &[(&str, &str)] = embed![
    "anthropic",
    "cerebras",
    "deepseek",
    "fireworks",
    "gemini",
    "glm",
    "groq",
    "kimi",
    "minimax",
    "mistral",
    "nvidia",
    "ollama",
    "ollama-cloud",
    "openai",
    "openrouter",
    "siliconflow",
    "together",
    "xai",
];
