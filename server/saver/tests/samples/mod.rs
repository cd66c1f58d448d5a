//! The samples of real tool output in `tests/corpus`: `<family>/<name>.txt` with what is known of it in
//! `<family>/<name>.toml`.

use saver::{Call, Level, Rules, Shortened};
use std::path::{Path, PathBuf};

/// What is known of a sample.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    /// The tool that was called.
    pub(crate) tool: String,
    /// The command line it was given, or its JSON arguments.
    pub(crate) command: String,
    /// The exit code.
    pub(crate) exit: i64,
    /// What must be in the result at [`Level::Exact`] and [`Level::Safe`].
    pub(crate) needles: Vec<String>,
    /// What must be in the result at [`Level::Strong`].
    pub(crate) strong: Vec<String>,
}

/// One output of a tool.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Its family, which is the folder it lies in, and its name.
    pub(crate) name: String,
    /// What the tool gave.
    pub(crate) text: String,
    /// What is known of it.
    pub(crate) about: About,
    arguments: String,
}

/// Where the samples lie.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Every sample, by name.
pub(crate) fn all() -> Vec<Sample> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let found =
            std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
        let mut found: Vec<PathBuf> = found.unwrap_or_default();
        found.sort();
        found
    };
    entries(&folder())
        .iter()
        .filter(|family| family.is_dir())
        .flat_map(|family| entries(family))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| read(&path))
        .collect()
}

fn read(path: &Path) -> Sample {
    #[expect(clippy::panic, reason = "a bad sample is to be seen")]
    let bad = |what: &str| -> ! { panic!("{}: {what}", path.display()) };
    let part = |path: Option<&Path>| {
        path.and_then(Path::file_stem).unwrap_or_else(|| bad("has no name")).to_string_lossy().into_owned()
    };
    let family = part(path.parent());
    let name = format!("{family}/{}", part(Some(path)));
    let text = std::fs::read_to_string(path).unwrap_or_else(|_| bad("is not UTF-8"));
    let about = std::fs::read_to_string(path.with_extension("toml"))
        .unwrap_or_else(|_| bad("has no .toml beside it"));
    let about: toml::Table = about.parse().unwrap_or_else(|_| bad("has a .toml that is none"));
    let string = |key: &str| about.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let strings = |key: &str| -> Vec<String> {
        let list = about.get(key).and_then(toml::Value::as_array);
        list.map(|list| list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
            .unwrap_or_default()
    };
    let about = About {
        tool: string("tool"),
        command: string("command"),
        exit: about.get("exit").and_then(toml::Value::as_integer).unwrap_or(0),
        needles: strings("needles"),
        strong: strings("strong"),
    };
    let arguments = if about.command.starts_with('{') {
        about.command.clone()
    } else {
        format!("{{\"command\":{}}}", serde_json::Value::from(about.command.as_str()))
    };
    Sample { name, text, about, arguments }
}

impl Sample {
    /// The call that gave it.
    pub(crate) fn call(&self) -> Call<'_> {
        Call { tool: &self.about.tool, arguments: &self.arguments }
    }

    /// What becomes of it.
    pub(crate) fn shorten(&self, level: Level) -> Option<Shortened> {
        saver::shorten(&self.text, Some(self.call()), Rules::at(level))
    }

    /// What must be there at a level and is not.
    pub(crate) fn lost(&self, text: &str, level: Level) -> Vec<&String> {
        let needles = if level == Level::Strong { &self.about.strong } else { &self.about.needles };
        needles.iter().filter(|needle| self.text.contains(*needle) && !text.contains(*needle)).collect()
    }
}
