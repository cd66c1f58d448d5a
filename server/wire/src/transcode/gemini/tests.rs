//! There and back, with the fixtures every dialect shares; what is particular stands beside the code.

mod noise;
mod replies;
mod requests;
mod seals;

use std::{fs, path::PathBuf};

/// The fixtures of a kind: name and bytes.
fn fixtures(kind: &str, ending: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(kind).join("gemini");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}
