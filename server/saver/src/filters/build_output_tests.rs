use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn at(level: Level, text: &str) -> Option<String> {
    super::shorten(&Page::of(text, &Source::Unknown), level)
}

fn safe(text: &str) -> Option<String> {
    at(Level::Safe, text)
}

#[test]
fn cargo() {
    let output = "    Updating crates.io index
 Downloading crates ...
  Downloaded serde v1.0.228
  Downloaded memchr v2.8.3
  Downloaded 2 crates (1.2 MB) in 0.5s
   Compiling serde v1.0.228
   Compiling thiserror v2.0.21
   Compiling memchr v2.8.3
warning: unused variable: `x`
 --> src/lib.rs:2:9
  |
2 |     let x = 1;
  |         ^ help: if this is intentional, prefix it with an underscore: `_x`

warning: `a` (lib) generated 1 warning
   Compiling a v0.1.0 (/app/a)
   Compiling b v0.1.0 (/app/b)
   Compiling broken v0.1.0 (/app/broken)
error[E0425]: cannot find value `y` in this scope
";
    assert_eq!(
        safe(output).as_deref(),
        Some(
            "    Updating crates.io index
[ninerouter: 3 lines of progress left out: Downloading 1, Downloaded 2]
  Downloaded 2 crates (1.2 MB) in 0.5s
[ninerouter: 3 lines of progress left out: Compiling]
warning: unused variable: `x`
 --> src/lib.rs:2:9
  |
2 |     let x = 1;
  |         ^ help: if this is intentional, prefix it with an underscore: `_x`

warning: `a` (lib) generated 1 warning
[ninerouter: 2 lines of progress left out: Compiling]
   Compiling broken v0.1.0 (/app/broken)
error[E0425]: cannot find value `y` in this scope
"
        )
    );
    assert_eq!(at(Level::Exact, output), None);
}

#[test]
fn package_managers() {
    let pip = "\
Collecting flask
  Downloading flask-3.1.3-py3-none-any.whl (103 kB)
     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 103.4/103.4 kB 21.5 MB/s eta 0:00:00
Requirement already satisfied: idna in /lib/python3.11/site-packages (3.20)
  Preparing metadata (pyproject.toml): started
  Preparing metadata (pyproject.toml): finished with status 'done'
  Preparing metadata (setup.py): finished with status 'error'
Installing collected packages: flask
Successfully installed flask-3.1.3
";
    assert_eq!(
        safe(pip).as_deref(),
        Some(
            "\
[ninerouter: 5 lines of progress left out: Collecting 1, Downloading 1, bars 1, already satisfied 1, build steps 1]
  Preparing metadata (pyproject.toml): finished with status 'done'
  Preparing metadata (setup.py): finished with status 'error'
Installing collected packages: flask
Successfully installed flask-3.1.3
"
        )
    );
    let npm = "\
npm http fetch GET 200 https://registry.npmjs.org/express 15ms (cache miss)
npm http fetch GET 200 https://registry.npmjs.org/http-errors 15ms (cache miss)
npm http fetch GET 200 https://registry.npmjs.org/once 15ms (cache miss)
npm http fetch GET 404 https://registry.npmjs.org/no-such-package 15ms
npm http cache once@https://registry.npmjs.org/once/-/once-1.4.0.tgz 0ms (cache hit)
npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported

added 67 packages, and audited 68 packages in 4s

3 high severity vulnerabilities
";
    assert_eq!(
        safe(npm).as_deref(),
        Some(
            "\
[ninerouter: 3 lines of progress left out: http fetch]
npm http fetch GET 404 https://registry.npmjs.org/no-such-package 15ms
[ninerouter: 1 line of progress left out: http cache]
npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported

added 67 packages, and audited 68 packages in 4s

3 high severity vulnerabilities
"
        )
    );
    let apt = "\
The following NEW packages will be installed:
  cmake ninja-build
Get:1 http://deb.debian.org/debian bookworm/main amd64 cmake amd64 3.25.1-1 [8,692 kB]
Get:2 http://deb.debian.org/debian bookworm/main amd64 ninja-build amd64 1.11.1-2 [142 kB]
Err:3 http://deb.debian.org/debian bookworm/main amd64 x amd64 1.0
Fetched 8,834 kB in 1s (81.4 MB/s)
Selecting previously unselected package cmake.
(Reading database ... 136405 files and directories currently installed.)
Preparing to unpack .../cmake_3.25.1-1_amd64.deb ...
Unpacking cmake (3.25.1-1) ...
Setting up cmake (3.25.1-1) ...
Processing triggers for man-db (2.11.2-2) ...
";
    assert_eq!(
        safe(apt).as_deref(),
        Some(
            "\
The following NEW packages will be installed:
  cmake ninja-build
[ninerouter: 2 lines of progress left out: Get]
Err:3 http://deb.debian.org/debian bookworm/main amd64 x amd64 1.0
Fetched 8,834 kB in 1s (81.4 MB/s)
[ninerouter: 6 lines of progress left out: Selecting 1, Reading database 1, Preparing 1, Unpacking 1, Setting up 1, triggers 1]
"
        )
    );
}

#[test]
fn maven_and_gradle() {
    let maven = "\
[INFO] Scanning for projects...
[INFO] Downloading from central: https://repo.maven.apache.org/maven2/junit/junit/4.13/junit-4.13.pom
[INFO] Downloaded from central: https://repo.maven.apache.org/maven2/junit/junit/4.13/junit-4.13.pom (25 kB at 1.2 MB/s)
[INFO] Downloading from central: https://repo.maven.apache.org/maven2/junit/junit/4.13/junit-4.13.jar
[WARNING] Using platform encoding
[INFO] BUILD SUCCESS
";
    assert_eq!(
        safe(maven).as_deref(),
        Some(
            "\
[INFO] Scanning for projects...
[ninerouter: 3 lines of progress left out: Downloading 2, Downloaded 1]
[WARNING] Using platform encoding
[INFO] BUILD SUCCESS
"
        )
    );
    let gradle = "\
> Task :app:preBuild UP-TO-DATE
> Task :app:generateResources NO-SOURCE
> Task :app:processResources
> Task :app:compileJava
Note: App.java uses unchecked or unsafe operations.
> Task :app:testClasses UP-TO-DATE
> Task :app:test FAILED

BUILD FAILED in 3s
";
    assert_eq!(
        safe(gradle).as_deref(),
        Some(
            "\
[ninerouter: 3 lines of progress left out: UP-TO-DATE 1, NO-SOURCE 1, tasks run 1]
> Task :app:compileJava
Note: App.java uses unchecked or unsafe operations.
> Task :app:testClasses UP-TO-DATE
> Task :app:test FAILED

BUILD FAILED in 3s
"
        )
    );
}

#[test]
fn make_and_docker() {
    let make = "\
-- Looking for pthread.h
-- Looking for pthread.h - found
-- Looking for a very long name of a function
-- Looking for a very long name of a function - not found
[  3%] Building C object CMakeFiles/l.dir/f1.c.o
[  6%] Building C object CMakeFiles/l.dir/f2.c.o
[  9%] Building C object CMakeFiles/l.dir/f3.c.o
[ 12%] Linking C static library libl.a
  CC      kernel/fork.o
  CC [M]  drivers/net/tun.o
  LD      vmlinux.o
gcc -c -o a.o a.c
";
    assert_eq!(
        safe(make).as_deref(),
        Some(
            "\
-- Looking for pthread.h
-- Looking for pthread.h - found
-- Looking for a very long name of a function
-- Looking for a very long name of a function - not found
[ninerouter: 3 lines of progress left out: Building]
[ 12%] Linking C static library libl.a
[ninerouter: 3 lines of progress left out: CC 2, LD 1]
gcc -c -o a.o a.c
"
        )
    );
    let docker = "\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 1.2kB done
#1 DONE 0.0s

#5 [2/6] WORKDIR /app
#5 CACHED

#6 [3/6] COPY package.json .
#6 CACHED

#7 [4/6] RUN apt-get install -y cmake
#7 0.512 Reading package lists...
#7 1.234 Get:1 http://deb.debian.org/debian bookworm/main amd64 cmake amd64 3.25.1-1 [8,692 kB]
#7 1.300 Get:2 http://deb.debian.org/debian bookworm/main amd64 ninja-build amd64 1.11.1-2 [142 kB]
#7 1.400 Get:3 http://deb.debian.org/debian bookworm/main amd64 fd-find amd64 8.6.0-3 [942 kB]
#7 2.100 E: Unable to locate package x
#7 ERROR: process \"/bin/sh -c apt-get install -y cmake\" did not complete successfully: exit code: 100
";
    assert_eq!(
        safe(docker).as_deref(),
        Some(
            "\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 1.2kB done
#1 DONE 0.0s

[ninerouter: 4 lines of progress left out: cached steps 2, CACHED 2]

#7 [4/6] RUN apt-get install -y cmake
#7 0.512 Reading package lists...
[ninerouter: 3 lines of progress left out: Get]
#7 2.100 E: Unable to locate package x
#7 ERROR: process \"/bin/sh -c apt-get install -y cmake\" did not complete successfully: exit code: 100
"
        )
    );
}

const WARNED: &str = "\
In file included from a.c:1:
h.h: In function 'never':
h.h:1:28: warning: unused variable 'q' [-Wunused-variable]
    1 | static int never(void){int q; return 1;}
      |                            ^
In file included from b.c:1:
h.h: In function 'never':
h.h:1:28: warning: unused variable 'q' [-Wunused-variable]
    1 | static int never(void){int q; return 1;}
      |                            ^
b.c:2:1: error: expected ';'
    2 | int x
";

#[test]
fn a_warning_given_again_is_left_out() {
    let short = "\
In file included from a.c:1:
h.h: In function 'never':
h.h:1:28: warning: unused variable 'q' [-Wunused-variable]
    1 | static int never(void){int q; return 1;}
      |                            ^
In file included from b.c:1:
h.h: In function 'never':
[ninerouter: 1 repeated warning left out]
b.c:2:1: error: expected ';'
    2 | int x
";
    assert_eq!(at(Level::Exact, WARNED).as_deref(), Some(short));
    assert_eq!(safe(WARNED).as_deref(), Some(short));
}

#[test]
fn strong_shows_few_warnings_of_a_kind() {
    let warning = |number: usize| {
        format!(
            "f{number}.c: In function 'f':\nf{number}.c:2:9: warning: unused variable 'b' [-Wunused-variable]\n    2 | int b;\n"
        )
    };
    let text: String = (0..8).map(warning).chain(["make: *** [f7.o] Error 1\n".to_owned()]).collect();
    let shown: String = (0..5).map(warning).collect();
    assert_eq!(
        at(Level::Strong, &text),
        Some(format!(
            "{shown}[ninerouter: 2 more warnings left out: -Wunused-variable]\nf7.c: In function 'f':\n\
             [ninerouter: 1 more warning left out: -Wunused-variable]\nmake: *** [f7.o] Error 1\n"
        ))
    );
    assert_eq!(safe(&text), None);
}

#[test]
fn other_texts_stay() {
    for text in [
        // Prose and code about builds.
        "Compiling is slow.\nDownloading is slower.\nCollecting stamps.\nUnpacking boxes ...\nSetting the table\n",
        "let a = \"   Compiling a v1.0\";\nlet b = \"   Compiling b v1.0\";\nlet c = \"   Compiling c v1.0\";\n",
        // Two lines are no build.
        "   Compiling a v0.1.0\n   Compiling b v0.1.0\n",
        // Not cargo's columns.
        "Compiling a v0.1.0\nCompiling b v0.1.0\nCompiling c v0.1.0\nCompiling d v0.1.0\n",
        // Markdown.
        "#1 first\n#2 second\n#3 third\n# Heading\n- Looking for x\n- Looking for x - found\n",
        // A log with hexadecimal ids.
        "0123456789ab: job started\n0123456789ab: Waiting for input\n0123456789ab: done\n",
        // A log that warns.
        "12:10:00 warning: disk almost full\n12:11:00 warning: disk almost full\n",
    ] {
        assert_eq!(at(Level::Strong, text), None, "{text}");
    }
}

/// A line, and whether it is progress.
fn a_line() -> impl Strategy<Value = (String, bool)> {
    prop_oneof![
        8 => "[a-z-]{2,12} v[0-9]\\.[0-9]".prop_map(|name| (format!("   Compiling {name}"), true)),
        3 => "[a-z-]{2,12} v[0-9]\\.[0-9]".prop_map(|name| (format!("  Downloaded {name}"), true)),
        3 => "[a-z-]{2,12}".prop_map(|name| (format!("Collecting {name}"), true)),
        3 => "[a-z-]{2,12}".prop_map(|name| (format!("[ 12%] Building C object {name}.o"), true)),
        1 => "[a-z ]{0,30}".prop_map(|text| (format!("error: {text}"), false)),
        1 => "[a-z ]{1,30}".prop_map(|text| (format!("note {text}"), false)),
        1 => "[ -~]{0,40}".prop_map(|text| (format!("x{text}"), false)),
    ]
}

fn joined(lines: &[(String, bool)]) -> String {
    lines.iter().map(|(line, _)| &**line).collect::<Vec<_>>().join("\n")
}

proptest! {
    #[test]
    fn only_progress_goes_and_all_is_counted(lines in prop::collection::vec(a_line(), 1..80)) {
        let text = joined(&lines);
        let short = safe(&text).unwrap_or_else(|| text.clone());
        prop_assert!(short.len() <= text.len());
        let mut counted = 0;
        let mut kept = Vec::new();
        for line in short.split('\n') {
            match line.strip_prefix("[ninerouter: ").and_then(|rest| rest.split_once(" of progress left out: ")) {
                Some((count, words)) => {
                    let count: usize = count.split(' ').next().unwrap().parse().unwrap();
                    let sum: usize = words.trim_end_matches(']').split(", ").filter_map(|word| word.rsplit_once(' ')?.1.parse::<usize>().ok()).sum();
                    prop_assert!(sum == 0 || sum == count, "{line}");
                    counted += count;
                }
                None => kept.push(line),
            }
        }
        let mut rest = kept.into_iter();
        let mut next = rest.next();
        let mut gone = 0;
        for (line, progress) in &lines {
            if next == Some(line) {
                next = rest.next();
            } else {
                prop_assert!(*progress, "{line}\n---\n{short}");
                gone += 1;
            }
        }
        prop_assert_eq!(next, None);
        prop_assert_eq!(counted, gone);
    }

    #[test]
    fn every_warning_is_shown_or_counted(
        blocks in prop::collection::vec((0_usize..6, prop::sample::select(vec!["", "\n", "note\n", "b.c:1:1: error: bad\n"])), 1..60),
        level in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let text: String = blocks
            .iter()
            .map(|(place, after)| format!("a.c:{place}:1: warning: unused 'b' [-Wunused]\n    1 | int b;\n      |     ^\n{after}"))
            .collect();
        let short = at(level, &text).unwrap_or_else(|| text.clone());
        let shown = short.matches(": warning: ").count();
        let counted: usize = short
            .split("[ninerouter: ")
            .skip(1)
            .flat_map(|marker| marker.split("; "))
            .filter_map(|part| part.split(' ').next()?.parse::<usize>().ok())
            .sum();
        prop_assert_eq!(shown + counted, blocks.len());
        prop_assert_eq!(short.matches(": error: ").count(), text.matches(": error: ").count());
        for place in 0..6 {
            let head = format!("a.c:{place}:1: warning");
            prop_assert!(level == Level::Strong || short.contains(&head) == text.contains(&head));
        }
    }

    #[test]
    fn once_is_enough(lines in prop::collection::vec(a_line(), 20..80), level in prop::sample::select(Level::ALL.to_vec())) {
        let text = joined(&lines);
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&text, None, rules) {
            prop_assert!(short.text.len() < text.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}
