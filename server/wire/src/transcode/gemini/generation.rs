//! What a Gemini model can, as far as its name tells. A name that tells nothing counts as new.

/// Whether it is from before Gemini 3. Those take no ids of calls (Vertex: vercel/ai#15891, 2026-07-02;
/// BerriAI/litellm#34603), no media inside tool results (google-gemini/gemini-cli#19436, 2026-02-18), no tools beside
/// JSON output, and need no signatures.
pub(crate) fn before_3(model: &str) -> bool {
    let name = name(model);
    ["gemini-1", "gemini-2", "gemini-pro", "gemini-flash", "gemma", "learnlm"]
        .iter()
        .any(|old| name.starts_with(old) && !name.ends_with("-latest"))
}

/// The nearest budget of thoughts the model takes (docs of Gemini 2.5: Pro 128 to 32,768 and never off, Flash up to
/// 24,576, Flash-Lite 512 to 24,576).
pub(super) fn budget(model: &str, tokens: u64) -> u64 {
    let name = name(model);
    if name.contains("pro") {
        tokens.clamp(128, 32_768)
    } else if name.contains("lite") && tokens > 0 {
        tokens.clamp(512, 24_576)
    } else {
        tokens.min(24_576)
    }
}

/// Whether it takes the level `MINIMAL`: of Gemini 3 only Flash does.
pub(super) fn takes_minimal(model: &str) -> bool {
    !name(model).contains("pro")
}

/// Whether it takes the level `MEDIUM`: all but Gemini 3 Pro, the first of its kind.
pub(super) fn takes_medium(model: &str) -> bool {
    !name(model).starts_with("gemini-3-pro")
}

/// `publishers/google/models/gemini-2.5-pro` and `models/gemini-2.5-pro` are names too.
fn name(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_told_apart() {
        assert!(
            before_3("gemini-2.5-pro")
                && before_3("models/gemini-1.5-flash-002")
                && before_3("gemma-3-27b-it")
        );
        assert!(!before_3("gemini-3-flash-preview") && !before_3("gemini-flash-latest") && !before_3("mine"));
        assert_eq!(budget("gemini-2.5-pro", 0), 128);
        assert_eq!(budget("gemini-2.5-flash", 0), 0);
        assert_eq!(budget("gemini-2.5-flash-lite", 100), 512);
        assert_eq!(budget("gemini-2.5-flash", 65_536), 24_576);
    }
}
