//! The files that are part of the program. A test compares this list with the folder.

/// The default rules.
pub(crate) const RULES: &str = include_str!("../rules.toml");

/// What is not offered.
pub(crate) const NOT_OFFERED: &str = include_str!("../not_offered.toml");

macro_rules! embed {
    ($($id:literal),* $(,)?) => {
        &[$((concat!("providers/", $id, ".toml"), include_str!(concat!("../providers/", $id, ".toml")))),*]
    };
}

/// Every provider file: name and text.
pub(crate) const PROVIDERS: &[(&str, &str)] = embed![
    "alicode",
    "alicode-intl",
    "alims-intl",
    "alitp-intl",
    "anthropic",
    "api-airforce",
    "azure",
    "baidu",
    "bazaarlink",
    "blackbox",
    "byteplus",
    "cerebras",
    "chatgpt",
    "chutes",
    "claude",
    "clinepass",
    "cloudflare-ai",
    "codebuddy-cn",
    "codebuddy-intl",
    "codex",
    "cohere",
    "deepseek",
    "featherless",
    "fireworks",
    "gemini",
    "github",
    "gitlab",
    "glm",
    "glm-cn",
    "groq",
    "hyperbolic",
    "kilo-gateway",
    "kimchi",
    "kimi",
    "kiro",
    "llm7",
    "lm-studio",
    "minimax",
    "minimax-cn",
    "mistral",
    "morph",
    "nebius",
    "nvidia",
    "ollama",
    "ollama-cloud",
    "openai",
    "opencode",
    "opencode-go",
    "openrouter",
    "perplexity",
    "perplexity-agent",
    "poolside",
    "siliconflow",
    "tencent",
    "together",
    "tokenrouter",
    "venice",
    "vercel-ai-gateway",
    "vertex",
    "vertex-claude",
    "vertex-partner",
    "volcengine-ark",
    "xai",
    "xiaomi-mimo",
    "xiaomi-tokenplan",
];
