//! CMake, Ninja, Meson and makefiles with short output.

use super::{Progress, Tool};
use crate::filters::fold;

/// CMake's makefiles: `[ 12%] Building C object x.c.o`; Ninja: `[12/345] Building CXX object x.o`, `[3/9] CXX x.o`.
pub(super) fn bracketed(line: &str) -> Option<Progress> {
    let (state, step) = line.strip_prefix('[')?.split_once("] ")?;
    let (_, rest) = fold::number(state.trim_start())?;
    let counted =
        rest == "%" || rest.strip_prefix('/').and_then(fold::number).is_some_and(|(_, rest)| rest.is_empty());
    if !counted {
        return None;
    }
    let (verb, rest) = step.split_once(' ')?;
    let word = match verb {
        "Building" if rest.contains(" object ") => "Building",
        "Compiling" if rest.contains(" object ") => "Compiling",
        "CC" => "CC",
        "CXX" => "CXX",
        _ => return None,
    };
    Some((Tool::Make, word))
}

/// Makefiles of Linux and automake: `  CC      kernel/fork.o`.
pub(super) fn kbuild(indent: usize, line: &str) -> Option<Progress> {
    if indent != 2 {
        return None;
    }
    let (verb, rest) = line.split_once(' ')?;
    let word = match verb {
        "CC" => "CC",
        "CXX" => "CXX",
        "AS" => "AS",
        "AR" => "AR",
        "LD" => "LD",
        "HOSTCC" => "HOSTCC",
        "HOSTCXX" => "HOSTCXX",
        "HOSTLD" => "HOSTLD",
        "OBJCOPY" => "OBJCOPY",
        "GEN" => "GEN",
        "CCLD" => "CCLD",
        "CXXLD" => "CXXLD",
        _ => return None,
    };
    let rest = rest.trim();
    let file = rest.strip_prefix("[M]").unwrap_or(rest).trim_start();
    (!file.is_empty() && !file.contains(' ')).then_some((Tool::Make, word))
}

/// CMake says what it looks for, and then again with what it found: `-- Looking for x`, `-- Looking for x - found`.
pub(super) fn announced(line: &str, below: &str) -> Option<Progress> {
    let line = line.trim_end_matches('\r');
    let found = line.starts_with("-- ") && below.strip_prefix(line)?.starts_with(" - ");
    found.then_some((Tool::Make, "checks begun"))
}

/// The call of a compiler that make shows, for one file: `gcc -Wall -c -o a.o a.c`. At [`Level::Strong`] only, since
/// the flags may be what a model looks for.
///
/// [`Level::Strong`]: crate::level::Level::Strong
pub(super) fn compiler(line: &str) -> Option<Progress> {
    let (program, rest) = line.trim_end().split_once(' ')?;
    let known = matches!(program, "cc" | "gcc" | "g++" | "c++" | "clang" | "clang++");
    let source = [".c", ".cc", ".cpp", ".cxx", ".o"].iter().any(|end| rest.ends_with(end));
    (known && source && rest.contains("-c ") && !rest.contains([';', '|', '&']))
        .then_some((Tool::Make, "compiler calls"))
}
