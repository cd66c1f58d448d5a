//! `cargo xtask setup`: what a build needs.

use crate::process::{answer, step};
use crate::toolchain::{Toolchain, WASM};
use anyhow::{Result, bail};
use std::process::Command;

/// Checks for a C compiler and a compiler for WebAssembly; the latter is fetched through rustup when missing.
pub(crate) fn run() -> Result<()> {
    step("C compiler", || {
        if answer(Command::new("cc").arg("--version")).is_none() {
            bail!("there is no C compiler. On Debian run `apt-get install -y gcc libc6-dev`.");
        }
        Ok(())
    })?;
    step(&format!("compiler for {WASM}"), || Toolchain::find().map(drop))
}
