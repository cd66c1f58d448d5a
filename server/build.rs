//! Tells `src/site.rs` where `cargo xtask build` leaves the site's files: `site/dev` or `site/release` in the target
//! folder.

use std::path::Path;

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = Path::new(&out).ancestors().nth(4).unwrap_or(Path::new("target"));
    let site = target.join("site").join(if release { "release" } else { "dev" });
    println!("cargo::rustc-env=NINEROUTER_SITE={}", site.display());
    println!("cargo::rerun-if-changed=build.rs");
    if release {
        // Embedded then; while developing the files are read from disk.
        println!("cargo::rerun-if-changed={}", site.display());
    }
}
