//! Package managers and the tools that build with them: Cargo, pip, npm, pnpm, Yarn, dpkg and apt, Maven, Gradle.

use super::{Progress, Tool};
use crate::filters::fold;

/// Cargo sets its verbs flush right in twelve columns: `   Compiling serde v1.0.228 (/path)`.
pub(super) fn cargo(indent: usize, line: &str) -> Option<Progress> {
    let (verb, rest) = line.split_once(' ')?;
    if indent + verb.len() != 12 {
        return None;
    }
    let word = match verb {
        "Compiling" => "Compiling",
        "Checking" => "Checking",
        "Downloaded" => "Downloaded",
        "Downloading" if rest.starts_with("crates ...") => return Some((Tool::Cargo, "Downloading")),
        "Documenting" => "Documenting",
        "Fresh" => "Fresh",
        "Blocking" if rest.starts_with("waiting for file lock on ") => {
            return Some((Tool::Cargo, "Blocking"));
        }
        _ => return None,
    };
    // `Downloaded 22 crates (1.2 MB) in 0.5s` sums up, and stays.
    let (name, version) = rest.split_once(' ')?;
    let number = version.strip_prefix('v')?.bytes().next()?;
    (!name.is_empty() && number.is_ascii_digit()).then_some((Tool::Cargo, word))
}

/// pip: `  Downloading flask-3.1.3-py3-none-any.whl (103 kB)`, steps that say they are done. What it collects, and for
/// whom, is what it decides: it goes at [`Level::Strong`] only. uv: `Downloading numpy (16.3MiB)`, indented by one.
///
/// [`Level::Strong`]: crate::level::Level::Strong
pub(super) fn pip(indent: usize, line: &str) -> Option<Progress> {
    let word = match (indent, line.split_once(' ')?) {
        (0 | 1, ("Downloading", rest)) if rest.trim_end().ends_with("iB)") => "Downloading",
        (0, ("Requirement", rest)) if rest.starts_with("already satisfied: ") => "already satisfied",
        (2, ("Downloading", rest)) if rest.trim_end().ends_with(')') || rest.contains(".whl") => {
            "Downloading"
        }
        (2, ("Using", rest)) if rest.starts_with("cached ") => "cached",
        (2, ("Preparing" | "Installing" | "Getting" | "Building" | "Checking", rest)) => {
            let state = rest.trim_end().rsplit_once(": ")?.1;
            if !matches!(state, "started" | "finished with status 'done'") {
                return None;
            }
            "build steps"
        }
        _ => return None,
    };
    Some((Tool::Pip, word))
}

/// Lines that begin with a character of box or arrow: pip's bar, and Yarn's codes for packages to be fetched.
pub(super) fn drawn(indent: usize, line: &str) -> Option<Progress> {
    let bar = line.trim_start_matches(['━', '╸', '╺']);
    if indent == 5 && line.len() - bar.len() > 15 && bar.starts_with(' ') {
        // Once it is full, older versions of pip say no time that is left.
        let moving = bar.contains(" eta ") || bar.contains("B/s") || bar.trim_end().ends_with('B');
        return moving.then_some((Tool::Pip, "bars"));
    }
    // https://yarnpkg.com/advanced/error-codes: YN0013 is FETCH_NOT_CACHED, YN0018 and others are alarms.
    let fetched = line.strip_prefix("➤ YN0013: ")?;
    (indent == 0 && fetched.contains(" fetched from ")).then_some((Tool::Node, "fetched"))
}

/// npm: `npm http fetch GET 200 https://registry.npmjs.org/once 6ms (cache miss)`.
pub(super) fn npm(line: &str) -> Option<Progress> {
    for (head, word) in [
        ("npm http cache ", "http cache"),
        ("npm timing ", "timing"),
        ("npm sill ", "sill"),
        ("npm silly ", "silly"),
    ] {
        if line.starts_with(head) {
            return Some((Tool::Node, word));
        }
    }
    let (status, _) = fold::number(line.strip_prefix("npm http fetch GET ")?)?;
    matches!(status, 200..=299 | 304).then_some((Tool::Node, "http fetch"))
}

/// Go: `go: downloading golang.org/x/text v0.3.0`.
pub(super) fn go(line: &str) -> Option<Progress> {
    line.starts_with("go: downloading ").then_some((Tool::Go, "downloading"))
}

/// rustup: `info: downloading component 'rustc'`.
pub(super) fn rustup(line: &str) -> Option<Progress> {
    let rest = line.strip_prefix("info: ")?;
    let (verb, rest) = rest.split_once(' ')?;
    let word = match verb {
        "downloading" => "downloading",
        "installing" => "installing",
        _ => return None,
    };
    rest.starts_with("component ").then_some((Tool::Rustup, word))
}

/// wget's dots: `  250K .......... .......... ..........  5% 94.5M 0s`.
pub(super) fn dots(line: &str) -> Option<Progress> {
    let rest = fold::number(line)?.1.strip_prefix("K ")?;
    if !rest.trim_start_matches(' ').starts_with(['.', ',']) {
        return None;
    }
    let share = rest.trim_start_matches(['.', ',', ' ']);
    (fold::number(share)?.1.starts_with('%')).then_some((Tool::Wget, "dots"))
}

/// What says which packages and versions there are, which is more than progress: only at [`Level::Strong`], where the
/// summary has to do.
///
/// [`Level::Strong`]: crate::level::Level::Strong
pub(super) fn named(line: &str) -> Option<Progress> {
    let (word, rest) = line.split_once(' ')?;
    match word {
        "Setting" if rest.starts_with("up ") && rest.trim_end().ends_with(") ...") => {
            Some((Tool::Dpkg, "Setting up"))
        }
        "Collecting" if !rest.is_empty() => Some((Tool::Pip, "Collecting")),
        _ => None,
    }
}

/// Words at the beginning of a line: apt's, dpkg's, pnpm's, Maven's and Gradle's.
pub(super) fn capital(line: &str) -> Option<Progress> {
    let (word, rest) = line.split_once(' ')?;
    let dots = || rest.trim_end().ends_with(" ...");
    Some(match word {
        "Unpacking" if dots() => (Tool::Dpkg, "Unpacking"),
        "Preparing" if rest.starts_with("to unpack ") && dots() => (Tool::Dpkg, "Preparing"),
        "Selecting" if rest.starts_with("previously unselected package ") => (Tool::Dpkg, "Selecting"),
        "Progress:" if rest.starts_with("resolved ") && !rest.trim_end().ends_with(", done") => {
            (Tool::Node, "Progress")
        }
        "Downloading" | "Downloaded" | "Progress" => return maven_words(line),
        "Download" if rest.starts_with("https://") => (Tool::Gradle, "Download"),
        _ => return apt(word),
    })
}

/// apt: `Get:12 http://deb.debian.org/debian bookworm/main amd64 x amd64 1.0 [12 kB]`, `Hit:1 http://…`.
fn apt(word: &str) -> Option<Progress> {
    let (verb, number) = word.split_once(':')?;
    let known = match verb {
        "Get" => "Get",
        "Hit" => "Hit",
        _ => return None,
    };
    fold::number(number).filter(|(_, rest)| rest.is_empty()).map(|_| (Tool::Dpkg, known))
}

/// dpkg: `(Reading database ... 12345 files and directories currently installed.)`; apk: `(1/12) Installing x (1.0)`.
pub(super) fn dpkg(line: &str) -> Option<Progress> {
    if line.starts_with("(Reading database ... ") {
        return Some((Tool::Dpkg, "Reading database"));
    }
    let (_, rest) = fold::number(line.strip_prefix('(')?)?;
    let (_, rest) = fold::number(rest.strip_prefix('/')?)?;
    rest.strip_prefix(") Installing ").map(|_| (Tool::Dpkg, "Installing"))
}

/// Maven: `[INFO] Downloading from central: https://…`.
pub(super) fn maven(line: &str) -> Option<Progress> {
    maven_words(line.strip_prefix("[INFO] ")?)
}

fn maven_words(line: &str) -> Option<Progress> {
    let word = if line.starts_with("Downloading from ") {
        "Downloading"
    } else if line.starts_with("Downloaded from ") {
        "Downloaded"
    } else if line.starts_with("Progress (") {
        "Progress"
    } else {
        return None;
    };
    line.contains(": ").then_some((Tool::Maven, word))
}

/// Gradle: `> Task :app:compileJava UP-TO-DATE`. A task without such a word has its output below, when it has any.
pub(super) fn gradle(line: &str, below: &str) -> Option<Progress> {
    let task = line.strip_prefix("> Task :")?.trim_end();
    let word = match task.split_once(' ') {
        Some((_, "UP-TO-DATE")) => "UP-TO-DATE",
        Some((_, "NO-SOURCE")) => "NO-SOURCE",
        Some((_, "FROM-CACHE")) => "FROM-CACHE",
        None if below.starts_with("> Task :") => "tasks run",
        _ => return None,
    };
    Some((Tool::Gradle, word))
}
