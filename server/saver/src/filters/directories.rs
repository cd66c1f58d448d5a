//! Neighbours in a list that share a directory, which is then said once.

/// Neighbours in the same directory.
pub(super) struct Run<'a> {
    /// With the slash that ends it.
    pub(super) directory: &'a str,
    /// How many they are.
    pub(super) len: usize,
}

/// The run that a path begins, with those after it. `None` when grouping it would not be shorter: the directory
/// takes a line, and every name `indent` bytes.
pub(super) fn run<'a>(path: &'a str, after: impl Iterator<Item = &'a str>, indent: usize) -> Option<Run<'a>> {
    let directory = directory(path)?;
    let len = 1 + after.take_while(|path| self::directory(path) == Some(directory)).count();
    let saved = (len - 1) * directory.len();
    (saved > len * indent + 2).then_some(Run { directory, len })
}

/// The directory of a path, with its slash. A path that is quoted or says two names (`{old => new}/x`,
/// `old -> new`) stays whole.
fn directory(path: &str) -> Option<&str> {
    if path.starts_with('"') || path.contains(" => ") || path.contains(" -> ") {
        return None;
    }
    let end = path.len() - name(path).len();
    path.get(..end).filter(|directory| !directory.is_empty())
}

/// The last name of a path; a directory's keeps its slash.
pub(super) fn name(path: &str) -> &str {
    let inner = path.strip_suffix('/').unwrap_or(path);
    inner.rfind('/').and_then(|slash| path.get(slash + 1..)).unwrap_or(path)
}
