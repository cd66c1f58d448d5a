//! What keeps the rooms of the house apart. Each fence states its complaint in a sentence.

mod dependencies;
mod layout;
mod sources;

use crate::process::{output, step};
use crate::tally::Tally;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// A file of the checkout that people wrote.
pub(crate) struct Source {
    /// Relative to the root, with forward slashes.
    pub(crate) path: String,
    /// Empty for files that are not text.
    pub(crate) text: String,
}

/// Checks every fence.
pub(crate) fn check(workspace: &Workspace) -> Tally {
    let mut tally = Tally::default();
    let mut fence = |what: &str, complaints: &dyn Fn() -> Result<Vec<String>>| {
        let outcome = step(&format!("fence: {what}"), || {
            let complaints = complaints()?;
            if !complaints.is_empty() {
                bail!("{}", complaints.join("\n   "));
            }
            Ok(())
        });
        if let Err(error) = &outcome {
            println!("   {error:#}");
        }
        tally.count(outcome.is_ok());
    };

    fence("wire, saver and catalog are pure", &|| dependencies::pure_crates(workspace));
    fence("the browser half carries no server", &|| dependencies::browser(workspace));
    fence("app asks for nothing but its server side", &|| dependencies::app(workspace));
    fence("no C cryptography", &|| dependencies::cryptography(workspace));

    let files = files(&workspace.root);
    let on_files = |complaints: fn(&[Source]) -> Vec<String>| -> Result<Vec<String>> {
        match &files {
            Ok(files) => Ok(complaints(files)),
            Err(error) => bail!("{error:#}"),
        }
    };
    fence("each library has its room", &|| on_files(sources::rooms));
    fence("nothing is silenced or left for later", &|| on_files(sources::left_over));
    fence("file sizes", &|| {
        for warning in on_files(sources::long)? {
            println!("   warning: {warning}");
        }
        on_files(sources::too_long)
    });
    fence("the top level is fixed", &|| on_files(layout::top_level));
    fence("names say something", &|| on_files(layout::names));
    tally
}

/// Every file that is, or is about to be, under version control.
fn files(root: &Path) -> Result<Vec<Source>> {
    let list = output(
        Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root),
    )
    .context("the fences need a git checkout to know which files are the project's own")?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file removed but not yet committed as such is still listed.
        let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
        files.push(Source { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() });
    }
    Ok(files)
}
