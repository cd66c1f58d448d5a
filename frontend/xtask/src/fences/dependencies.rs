//! Fences that `cargo tree` answers.

use crate::process::{cargo, output};
use crate::toolchain::WASM;
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::BTreeSet;

const PURE: [&str; 3] = ["wire", "saver", "catalog"];
const RUNTIMES: [&str; 6] =
    ["tokio", "async-std", "async-executor", "smol", "futures-executor", "embassy-executor"];
const SERVER_ONLY: [&str; 8] =
    ["tokio", "axum", "hyper", "leptos_axum", "reqwest", "sea-orm", "sqlx", "sqlx-core"];
const C_CRYPTOGRAPHY: [&str; 4] = ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys"];
/// What `app` may ask for on the server side beyond what it always needs: its axum glue, the types of `http` that this
/// glue speaks in, and what writes charts.
const SERVER_SIDE_OF_APP: [&str; 3] = ["charming", "http", "leptos_axum"];

/// wire, saver and catalog: no async runtime, and none uses another.
pub(super) fn pure_crates(workspace: &Workspace) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for package in PURE {
        let names = tree(workspace, &["--package", package])?;
        let others: Vec<_> = PURE.into_iter().filter(|other| *other != package).collect();
        complaints.extend(forbidden(&names, &RUNTIMES, |found| {
            format!("`{package}` is pure, but depends on the async runtime `{found}` (cargo tree -p {package} -i {found}).")
        }));
        complaints.extend(forbidden(&names, &others, |found| {
            format!("`{package}` depends on `{found}`: wire, saver and catalog never use one another.")
        }));
    }
    Ok(complaints)
}

/// The browser half has no part of the server in it.
pub(super) fn browser(workspace: &Workspace) -> Result<Vec<String>> {
    let names = tree(workspace, &["--package", "frontend", "--target", WASM])?;
    Ok(forbidden(&names, &SERVER_ONLY, |found| {
        format!(
            "the WebAssembly module carries `{found}`, which belongs to the server \
             (cargo tree -p frontend --target {WASM} -e normal -i {found})."
        )
    }))
}

/// With its server side on, app asks for its axum glue and nothing else.
pub(super) fn app(workspace: &Workspace) -> Result<Vec<String>> {
    let always = tree(workspace, &["--package", "app", "--depth", "1"])?;
    let server_side = tree(workspace, &["--package", "app", "--features", "ssr", "--depth", "1"])?;
    Ok(server_side
        .difference(&always)
        .filter(|name| !SERVER_SIDE_OF_APP.contains(&name.as_str()))
        .map(|name| {
            format!(
                "`app` asks for `{name}` on the server side: pages reach the server through `app::api` only."
            )
        })
        .collect())
}

/// TLS is rustls on ring everywhere: no C build, no second implementation.
pub(super) fn cryptography(workspace: &Workspace) -> Result<Vec<String>> {
    let names = tree(workspace, &["--package", "server"])?;
    Ok(forbidden(&names, &C_CRYPTOGRAPHY, |found| {
        format!(
            "`server` depends on `{found}`; TLS here is rustls on ring (cargo tree -p server -i {found})."
        )
    }))
}

/// Names of the packages that normal dependencies reach, the package itself included.
fn tree(workspace: &Workspace, args: &[&str]) -> Result<BTreeSet<String>> {
    let mut command = cargo(workspace);
    command.args(["tree", "--quiet", "--edges", "normal", "--prefix", "none", "--format", "{p}"]).args(args);
    Ok(names(&output(&mut command)?))
}

/// The first word of every line.
fn names(tree: &str) -> BTreeSet<String> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn forbidden(names: &BTreeSet<String>, list: &[&str], complaint: impl Fn(&str) -> String) -> Vec<String> {
    list.iter().filter(|name| names.contains(**name)).map(|name| complaint(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_a_tree() {
        let tree = "wire v0.1.0 (/x/server/wire)\nbytes v1.12.1\nserde v1.0.229 (*)\n\nserde v1.0.229\n";
        assert_eq!(names(tree).into_iter().collect::<Vec<_>>(), ["bytes", "serde", "wire"]);
    }

    #[test]
    fn what_is_forbidden_is_named() {
        let found = names("wire v0.1.0\ntokio v1.54.1\ntokio-util v0.7.0");
        assert_eq!(forbidden(&found, &RUNTIMES, str::to_owned), ["tokio"]);
        assert!(forbidden(&found, &C_CRYPTOGRAPHY, str::to_owned).is_empty());
    }
}
