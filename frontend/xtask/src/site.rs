//! The site: what a browser fetches besides the pages themselves.

use crate::process::{cargo, output, run, step};
use crate::toolchain::Toolchain;
use crate::workspace::{Mode, Workspace};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use wasm_bindgen_cli_support::Bindgen;

/// Kinds of file that are worth compressing.
const COMPRESSIBLE: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Every file of the site by its path in the site folder.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Builds the browser half and gathers the site in its folder.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<()> {
    let module = step("browser half (WebAssembly)", || {
        let (mut command, module) = Toolchain::find()?.build(workspace, mode);
        run(&mut command)?;
        Ok(module)
    })?;
    step("site", || {
        let _turn = turn(workspace)?;
        let mut files = bindings(workspace, mode, &module)?;
        gather(&workspace.root.join("style"), Path::new("style"), &mut files)?;
        gather(&workspace.root.join("public"), Path::new(""), &mut files)?;
        files.insert(PathBuf::from("pkg/echarts.js"), echarts(workspace)?);
        let folder = workspace.site(mode);
        if mode == Mode::Release {
            compress(&folder, &mut files)?;
        }
        mirror(&folder, &files)
    })
}

/// Whether the release binary holds the site: the end of the compressed module is looked for in it. An empty folder
/// at compile time is no error to the server, so that it can be checked before there is a site.
pub(crate) fn is_carried(workspace: &Workspace, binary: &Path) -> Result<bool> {
    let module = fs::read(workspace.site(Mode::Release).join("pkg/app_bg.wasm.br"))?;
    let end = &module[module.len().saturating_sub(64)..];
    Ok(fs::read(binary)?.windows(end.len().max(1)).any(|part| part == end))
}

/// Waits until no other xtask writes the site; lasts as long as the value.
fn turn(workspace: &Workspace) -> Result<fs::File> {
    let folder = workspace.target.join("site");
    fs::create_dir_all(&folder)?;
    let file = fs::File::create(folder.join("lock"))?;
    file.lock().context("cannot wait for another xtask")?;
    Ok(file)
}

/// The module as a browser loads it: `pkg/app.js` and `pkg/app_bg.wasm`.
fn bindings(workspace: &Workspace, mode: Mode, module: &Path) -> Result<Files> {
    let scratch = workspace.target.join("site").join("bindings");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .out_name("app")
        .typescript(false)
        .demangle(mode == Mode::Dev)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(mode == Mode::Release)
        .generate(&scratch)
        .with_context(|| format!("wasm-bindgen cannot read {}", module.display()))?;
    let mut files = Files::new();
    gather(&scratch, Path::new("pkg"), &mut files)?;
    fs::remove_dir_all(&scratch)?;
    Ok(files)
}

/// What draws charts in the browser: the very version that the crate which writes them was made for, out of its package.
fn echarts(workspace: &Workspace) -> Result<Vec<u8>> {
    let mut command = cargo(workspace);
    let packages = output(command.args(["metadata", "--format-version=1", "--locked"]))?;
    let packages: serde_json::Value = serde_json::from_str(&packages)?;
    let charming = packages["packages"].as_array().into_iter().flatten().find(|it| it["name"] == "charming");
    let manifest = charming.and_then(|it| it["manifest_path"].as_str()).context("charming is not fetched")?;
    let assets = Path::new(manifest).with_file_name("src").join("asset");
    let mut scripts = fs::read_dir(&assets)?.filter_map(|entry| Some(entry.ok()?.path()));
    let named =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("echarts-"));
    let script = scripts.find(named).with_context(|| format!("{} holds no ECharts", assets.display()))?;
    fs::read(&script).with_context(|| format!("cannot read {}", script.display()))
}

/// Adds every file below `folder`, except hidden ones and READMEs. A folder that does not exist is empty.
fn gather(folder: &Path, prefix: &Path, files: &mut Files) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "README.md" {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            gather(&path, &prefix.join(&name), files)?;
        } else {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(prefix.join(&name), bytes);
        }
    }
    Ok(())
}

/// Puts a `.br` and a `.gz` in the place of every file that gets smaller by it: the few who take neither are served what
/// the second unpacks to. What did not change since the last build is not compressed again.
fn compress(folder: &Path, files: &mut Files) -> Result<()> {
    let made: Mutex<Files> = Mutex::default();
    std::thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = files
            .iter()
            .filter(|(path, _)| {
                path.extension().is_some_and(|kind| COMPRESSIBLE.iter().any(|known| kind == *known))
            })
            .map(|(path, bytes)| {
                let made = &made;
                scope.spawn(move || -> Result<()> {
                    let old = fs::read(folder.join(format!("{}.gz", path.display())));
                    let unchanged = old.is_ok_and(|old| unpacked(&old).is_ok_and(|old| old == *bytes));
                    for (suffix, pack) in [("br", brotli as fn(&[u8]) -> Result<Vec<u8>>), ("gz", gzip)] {
                        let beside = PathBuf::from(format!("{}.{suffix}", path.display()));
                        let packed = match fs::read(folder.join(&beside)) {
                            Ok(old) if unchanged => old,
                            _ => pack(bytes)?,
                        };
                        if packed.len() < bytes.len()
                            && let Ok(mut made) = made.lock()
                        {
                            made.insert(beside, packed);
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        for worker in workers {
            worker.join().map_err(|_| anyhow::anyhow!("a compression thread panicked"))??;
        }
        Ok(())
    })?;
    let mut made = made.into_inner().unwrap_or_default();
    files.retain(|path, _| !made.contains_key(Path::new(&format!("{}.gz", path.display()))));
    files.append(&mut made);
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 22).write_all(bytes)?;
    Ok(packed)
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Makes the folder hold exactly these files; what is right already keeps its date.
fn mirror(folder: &Path, files: &Files) -> Result<()> {
    let mut present = Files::new();
    gather(folder, Path::new(""), &mut present)?;
    for path in present.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(folder.join(path))?;
    }
    for (path, bytes) in files {
        if present.get(path) != Some(bytes) {
            let target = folder.join(path);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&target, bytes).with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
