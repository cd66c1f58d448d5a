//! Where things are.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The folders every subcommand works in.
pub(crate) struct Workspace {
    /// The root of the checkout.
    pub(crate) root: PathBuf,
    /// Cargo's target folder; everything made here lies below it.
    pub(crate) target: PathBuf,
}

/// How the binary and the site are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Quick to build; the binary reads the site from the disk.
    Dev,
    /// Small and fast; the binary carries the site.
    Release,
}

impl Mode {
    /// Takes `--release` out of the arguments.
    pub(crate) fn take(args: &mut Vec<String>) -> Self {
        let before = args.len();
        args.retain(|arg| arg != "--release");
        if args.len() < before { Self::Release } else { Self::Dev }
    }
}

impl Workspace {
    /// Finds the checkout this binary was compiled in, and its target folder (`CARGO_TARGET_DIR` counts).
    pub(crate) fn locate() -> Result<Self> {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.ancestors().nth(2).context("xtask lies outside of the workspace")?.to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) if !folder.is_empty() => root.join(folder),
            _ => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The finished site.
    pub(crate) fn site(&self, mode: Mode) -> PathBuf {
        self.target.join("site").join(match mode {
            Mode::Dev => "dev",
            Mode::Release => "release",
        })
    }

    /// The finished binary.
    pub(crate) fn binary(&self, mode: Mode) -> PathBuf {
        let folder = match mode {
            Mode::Dev => "debug",
            Mode::Release => "release",
        };
        self.target.join(folder).join(format!("ninerouter{}", std::env::consts::EXE_SUFFIX))
    }

    /// A path as a person would write it: relative to the checkout where possible.
    pub(crate) fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
