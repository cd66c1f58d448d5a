//! Docker: layers that are pulled or pushed, and the steps of BuildKit under `--progress=plain`.

use super::{Progress, Tool, progress};
use crate::filters::fold;

/// `0123456789ab: Pull complete`.
pub(super) fn layer(line: &str) -> Option<Progress> {
    let (layer, state) = line.trim_end().split_once(": ")?;
    if layer.len() != 12 || !layer.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    const STATES: [&str; 10] = [
        "Pulling fs layer",
        "Waiting",
        "Verifying Checksum",
        "Download complete",
        "Pull complete",
        "Already exists",
        "Preparing",
        "Layer already exists",
        "Pushed",
        "Mounted from",
    ];
    let known = STATES.iter().find(|known| state == **known);
    let moving = || {
        let word = state.split(' ').next()?;
        ["Downloading", "Extracting", "Pushing"].into_iter().find(|known| *known == word)
    };
    known.copied().or_else(moving).map(|word| (Tool::Docker, word))
}

/// The builder before BuildKit: ` ---> Using cache`.
pub(super) fn cached(line: &str) -> Option<Progress> {
    (line.trim_end() == "---> Using cache").then_some((Tool::Docker, "Using cache"))
}

/// `#5 CACHED` and the step above it, `#4 sha256:0123… 1.2MB / 3.4MB 0.1s`, and whatever a step prints that is
/// progress itself: `#7 1.234 Get:1 http://…`.
pub(super) fn buildkit(line: &str, below: &str) -> Option<Progress> {
    let (step, rest) = fold::number(line.strip_prefix('#')?)?;
    let rest = rest.strip_prefix(' ')?;
    let cached = |line: &str| {
        let after = line.strip_prefix('#').and_then(fold::number);
        after.is_some_and(|(other, rest)| other == step && rest.trim_end() == " CACHED")
    };
    if cached(line) {
        return Some((Tool::Docker, "CACHED"));
    }
    match rest.split_once(' ') {
        Some((head, _)) if head.starts_with('[') && cached(below) => Some((Tool::Docker, "cached steps")),
        Some((head, tail)) if head.starts_with("sha256:") && tail.contains(" / ") => {
            Some((Tool::Docker, "downloads"))
        }
        Some(("extracting", tail)) if tail.starts_with("sha256:") => Some((Tool::Docker, "extracting")),
        Some(("transferring", tail)) if tail.contains(": ") => Some((Tool::Docker, "transferring")),
        Some((time, output)) if is_time(time) => {
            let inner = |line: &str| printed(line, step).unwrap_or_default().len();
            let below = below.get(below.len() - inner(below)..).unwrap_or_default();
            // Steps run in one another's lines, not in their own: no step prints a step.
            if output.starts_with('#') { None } else { progress(output, below) }
        }
        _ => None,
    }
}

/// What a step printed, without its number and time.
fn printed(line: &str, step: usize) -> Option<&str> {
    let (other, rest) = fold::number(line.strip_prefix('#')?)?;
    let (time, output) = rest.strip_prefix(' ')?.split_once(' ')?;
    (other == step && is_time(time)).then_some(output)
}

/// Seconds since the step began: `1.234`.
fn is_time(word: &str) -> bool {
    let after = fold::number(word).and_then(|(_, rest)| fold::number(rest.strip_prefix('.')?));
    after.is_some_and(|(_, rest)| rest.is_empty())
}
