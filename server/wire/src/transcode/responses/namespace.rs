//! Tools in a namespace, a grouping no other dialect has. Codex puts every MCP server's tools in one, and takes a
//! call only with `namespace` and `name` apart: a flat name is an `unsupported call` (butterbase-ai/butterbase#134,
//! 2026-08-25, four shapes tried). In between such a tool is called `namespace::name`. No name that OpenAI takes has
//! a colon, so the way back needs no table.

use std::borrow::Cow;

const SEPARATOR: &str = "::";

/// What Codex calls the group of tools that are in none: a call without a namespace is taken to be in it
/// (codex-rs/protocol/src/tool_name.rs; lidge-jun/opencodex#2020, 2026-08-18).
const DEFAULT: &str = "functions";

/// The one name of a tool.
pub(super) fn join<'a>(namespace: Option<&str>, name: Cow<'a, str>) -> Cow<'a, str> {
    match namespace {
        None | Some("" | DEFAULT) => name,
        Some(namespace) => Cow::Owned(format!("{namespace}{SEPARATOR}{name}")),
    }
}

/// The namespace, if any, and the name in it.
pub(super) fn split(name: &str) -> (Option<&str>, &str) {
    match name.split_once(SEPARATOR) {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => (Some(namespace), name),
        _ => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_comes_apart_again() {
        let name = join(Some("mcp__fs"), "read_file".into());
        assert_eq!(split(&name), (Some("mcp__fs"), "read_file"));
        assert_eq!(join(Some("functions"), "shell".into()), "shell");
        assert_eq!(split("::odd"), (None, "::odd"));
    }
}
