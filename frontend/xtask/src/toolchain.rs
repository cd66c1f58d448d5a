//! Which compiler makes WebAssembly here.
//!
//! Ordinarily that is rustup's, with the `wasm32-unknown-unknown` target. Where that target cannot be had,
//! Debian's `cargo-web rustc-web rust-web-src` compile the standard library themselves.

use crate::process::{answer, cargo, run};
use crate::workspace::{Mode, Workspace};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target triple of the browser half.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// A compiler for the browser half.
pub(crate) enum Toolchain {
    /// The active toolchain has the target's standard library.
    Ready,
    /// The standard library is compiled from its source.
    FromSource {
        /// The cargo that belongs to `rustc`.
        cargo: PathBuf,
        /// A compiler whose standard library source is installed.
        rustc: PathBuf,
        /// A linker for WebAssembly.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Looks for a compiler, and lets rustup fetch the target when it is missing.
    pub(crate) fn find() -> Result<Self> {
        if has_target() {
            return Ok(Self::Ready);
        }
        let fetched = run(Command::new("rustup").args(["target", "add", WASM]));
        if fetched.is_ok() && has_target() {
            return Ok(Self::Ready);
        }
        if let Some(found) = from_source() {
            return Ok(found);
        }
        bail!(
            "no compiler for WebAssembly. Run `rustup target add {WASM}`, or on Debian \
             `apt-get install -y --no-install-recommends rustc-web cargo-web rust-web-src lld`."
        )
    }

    /// The cargo command that builds the browser half, and where the module will be.
    pub(crate) fn build(&self, workspace: &Workspace, mode: Mode) -> (Command, PathBuf) {
        let mut command = cargo(workspace);
        let mut target = workspace.target.clone();
        match self {
            Self::Ready => {
                // A folder of its own, so that it never waits for a build of the server. In dev the folder
                // is shared instead: build scripts and macros are then compiled once for both halves.
                if mode == Mode::Release {
                    target.push("wasm");
                }
            }
            Self::FromSource { cargo, rustc, linker } => {
                let environment: Vec<_> = command
                    .get_envs()
                    .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
                    .collect();
                command = Command::new(cargo);
                command.current_dir(&workspace.root);
                for (name, value) in environment {
                    match value {
                        Some(value) => command.env(name, value),
                        None => command.env_remove(name),
                    };
                }
                command.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTDOC");
                command.env("RUSTC", rustc).env("RUSTC_BOOTSTRAP", "1");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                target.push("front-std");
            }
        }
        command.args(["build", "--package", "frontend", "--target", WASM, "--target-dir"]).arg(&target);
        let folder = match mode {
            Mode::Dev => "debug",
            Mode::Release => {
                command.args(["--profile", "wasm"]);
                "wasm"
            }
        };
        if let Self::FromSource { .. } = self {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        (command, target.join(WASM).join(folder).join("frontend.wasm"))
    }
}

/// The folder is named even when the target is absent: what counts is what lies in it.
fn has_target() -> bool {
    let Some(folder) = answer(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))
    else {
        return false;
    };
    std::fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

fn from_source() -> Option<Toolchain> {
    ["rustc", "/usr/bin/rustc"].into_iter().find_map(|rustc| {
        let sysroot = PathBuf::from(answer(Command::new(rustc).args(["--print", "sysroot"]))?);
        sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").exists().then_some(())?;
        let (cargo, rustc) = match rustc {
            "rustc" => (sysroot.join("bin/cargo"), sysroot.join("bin/rustc")),
            _ => (PathBuf::from("/usr/bin/cargo"), PathBuf::from(rustc)),
        };
        Some(Toolchain::FromSource { cargo, rustc, linker: linker()? })
    })
}

fn linker() -> Option<PathBuf> {
    let bundled = answer(Command::new("rustc").args(["--print", "sysroot"]))
        .map(|sysroot| Path::new(&sysroot).join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"));
    bundled.filter(|path| path.exists()).or_else(|| {
        ["wasm-ld", "wasm-ld-19"]
            .into_iter()
            .find(|name| answer(Command::new(name).arg("--version")).is_some())
            .map(PathBuf::from)
    })
}
