use super::{at, safe};
use crate::level::Level;

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
[ninerouter: 8 lines of progress left out here and below: Downloading 1, Downloaded 2, Compiling 5]
  Downloaded 2 crates (1.2 MB) in 0.5s
warning: unused variable: `x`
 --> src/lib.rs:2:9
  |
2 |     let x = 1;
  |         ^ help: if this is intentional, prefix it with an underscore: `_x`

warning: `a` (lib) generated 1 warning
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
Collecting flask
[ninerouter: 4 lines of progress left out: Downloading 1, bars 1, already satisfied 1, build steps 1]
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
[ninerouter: 4 lines of progress left out: Selecting 1, Reading database 1, Preparing 1, Unpacking 1]
Setting up cmake (3.25.1-1) ...
Processing triggers for man-db (2.11.2-2) ...
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
[ninerouter: 8 lines of progress left out here and below: checks begun 2, Building 3, CC 2, LD 1]
-- Looking for pthread.h - found
-- Looking for a very long name of a function - not found
[ 12%] Linking C static library libl.a
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
[ninerouter: 8 lines of progress left out here and below: transferring 1, cached steps 2, CACHED 2, Get 3]
#1 DONE 0.0s


#7 [4/6] RUN apt-get install -y cmake
#7 0.512 Reading package lists...
#7 2.100 E: Unable to locate package x
#7 ERROR: process \"/bin/sh -c apt-get install -y cmake\" did not complete successfully: exit code: 100
"
        )
    );
}

#[test]
fn wget_rustup_go_and_npm() {
    let wget = "\
Saving to: '/dev/null'

     0K .......... .......... .......... .......... ..........  0%  131M 0s
    50K .......... .......... .......... .......... ..........  1%  140M 0s
   100K .........                                             100%  224M=0.04s

2026-11-29 02:52:57 (151 MB/s) - '/dev/null' saved [6000000/6000000]
";
    assert_eq!(
        safe(wget).as_deref(),
        Some(
            "\
Saving to: '/dev/null'

[ninerouter: 3 lines of progress left out: dots]

2026-11-29 02:52:57 (151 MB/s) - '/dev/null' saved [6000000/6000000]
"
        )
    );
    for (lines, word) in [
        (
            "info: downloading component 'rustc'\ninfo: downloading component 'cargo'\ninfo: installing component 'rustc'\n",
            "downloading 2, installing 1",
        ),
        (
            "go: downloading golang.org/x/text v0.3.0\ngo: downloading golang.org/x/net v0.3.0\ngo: downloading rsc.io/quote v1.5.2\n",
            "downloading",
        ),
        (
            "npm sill idealTree buildDeps\nnpm timing idealTree:init Completed in 12ms\nnpm sill fetch manifest once@^1.4.0\n",
            "sill 2, timing 1",
        ),
        (
            " ---> Using cache\n ---> Using cache\n ---> Using cache\n ---> Using cache\n ---> Using cache\n",
            "Using cache",
        ),
        (
            "Downloading numpy (16.3MiB)\n Downloading numpy (16.3MiB)\nDownloading pillow (6.3MiB)\n",
            "Downloading",
        ),
    ] {
        let count = lines.lines().count();
        let marker = format!("[ninerouter: {count} lines of progress left out: {word}]\n");
        assert_eq!(safe(&format!("{lines}done\n")), Some(format!("{marker}done\n")));
    }
}
