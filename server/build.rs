//! Tells `src/site.rs` where the site's files are: `cargo xtask` sets `NINEROUTER_SITE`, a plain `cargo check` gets
//! the folder that `cargo xtask build` fills by default.

use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-env-changed=NINEROUTER_SITE");
    let site = std::env::var_os("NINEROUTER_SITE").map(PathBuf::from).unwrap_or_else(|| {
        let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
        let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
        package.join("../target/site").join(if release { "release" } else { "dev" })
    });
    println!("cargo::rustc-env=NINEROUTER_SITE={}", site.display());
    println!("cargo::rerun-if-changed={}", site.display());
}
