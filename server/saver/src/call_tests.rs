use super::{Call, Source};

fn of(tool: &str, arguments: &str) -> Source {
    Source::of(Call { tool, arguments })
}

fn ran(line: &str) -> Source {
    of("Bash", &serde_json::json!({ "command": line }).to_string())
}

fn file(path: &str) -> Source {
    Source::File(path.to_owned())
}

fn command(line: &str) -> Source {
    Source::Command(line.to_owned())
}

#[test]
fn agents_tools_are_known_by_name() {
    for (tool, arguments, source) in [
        ("Read", r#"{"file_path":"/a.rs"}"#, file("/a.rs")),
        ("read_file", r#"{"target_file":"a.rs"}"#, file("a.rs")),
        ("readFile", r#"{"filePath":"a.rs"}"#, file("a.rs")),
        ("default_api:read_many_files", r#"{"paths":["a"]}"#, file("")),
        ("mcp__filesystem__read_text_file", r#"{"path":"a"}"#, file("a")),
        ("NotebookRead", r#"{"notebook_path":"a.ipynb"}"#, file("a.ipynb")),
        ("str_replace_based_edit_tool", r#"{"command":"view","path":"a"}"#, file("a")),
        ("str_replace_editor", r#"{"command":"str_replace","path":"a"}"#, Source::Edit),
        ("Edit", "{}", Source::Edit),
        ("apply_patch", "*** Begin Patch", Source::Edit),
        ("write_to_file", "{}", Source::Edit),
        ("replace_string_in_file", "{}", Source::Edit),
        ("Grep", "{}", Source::Search),
        ("search_file_content", "{}", Source::Search),
        ("codebase_search", "{}", Source::Search),
        ("Glob", "{}", Source::Listing),
        ("list_dir", "{}", Source::Listing),
        ("BashOutput", r#"{"bash_id":"1"}"#, Source::Unknown),
        ("TaskOutput", r#"{"task_id":"b1"}"#, Source::Unknown),
        ("write_stdin", r#"{"session_id":1,"chars":""}"#, Source::Unknown),
        ("WebFetch", r#"{"url":"https://a"}"#, Source::Other),
        ("mcp__github__list_issues", "{}", Source::Other),
        ("run_shell_command", r#"{"command":"git diff"}"#, command("git diff")),
        ("run_terminal_cmd", r#"{"command":"git diff"}"#, command("git diff")),
        ("execute_command", r#"{"command":"git diff"}"#, command("git diff")),
        ("functions.exec_command", r#"{"cmd":"git diff"}"#, command("git diff")),
        ("container.exec", r#"{"cmd":["git","diff"]}"#, command("git diff")),
        ("shell", r#"{"command":["bash","-lc","sed -n '1,200p' src/x.rs"]}"#, file("src/x.rs")),
        ("local_shell", r#"{"action":{"type":"exec","command":["bash","-lc","cat a.rs"]}}"#, file("a.rs")),
        ("terminal", "git diff", command("git diff")),
    ] {
        assert_eq!(of(tool, arguments), source, "{tool} {arguments}");
    }
}

#[test]
fn commands_that_print_files_are_files() {
    for (line, path) in [
        ("cat src/a.rs", "src/a.rs"),
        ("cat Makefile", "Makefile"),
        ("cd /w && cat a.rs", "a.rs"),
        ("cat a.rs | grep fn", "a.rs"),
        ("cat -n 'a b.rs' | head -40", "a b.rs"),
        ("head -n 20 x.rs", "x.rs"),
        ("head -20 x.rs", "x.rs"),
        ("tail -n +20 x.rs", "x.rs"),
        ("sed -n '1,200p' src/x.rs", "src/x.rs"),
        ("sed -n -e 1,5p x.rs", "x.rs"),
        ("nl -ba x.rs | sed -n '1,80p'", "x.rs"),
        ("wc -l x.rs && sed -n 1,9p x.rs", "x.rs"),
        ("echo '--- a'; cat a.rs; echo '--- b'; cat b.rs", "a.rs"),
        ("cat app.log; cat b.rs", "b.rs"),
        ("git show HEAD:src/x.rs", "src/x.rs"),
        ("git -C /w --no-pager show main:x.rs | head", "x.rs"),
        ("bash -lc \"sed -n '1,200p' src/x.rs\"", "src/x.rs"),
        ("sudo env A=b timeout 9 cat /etc/x.conf", "/etc/x.conf"),
        ("awk 'NR>=10 && NR<=50' x.rs", "x.rs"),
        ("find . -name '*.rs' -exec cat {} \\;", "{}"),
        ("ls *.rs | xargs -n1 cat", "{}"),
        ("for f in *.rs; do cat $f; done", "$f"),
        ("Get-Content a.ps1", "a.ps1"),
        ("type a.txt", "a.txt"),
        ("cmd /c type a.txt", "a.txt"),
        ("cat server.log | grep ERR", "server.log"),
        ("cat a.rs 2>/dev/null || true", "a.rs"),
    ] {
        assert_eq!(ran(line), file(path), "{line}");
    }
}

#[test]
fn other_commands_are_commands() {
    for line in [
        "git log | head -20",
        "git log --oneline | cat",
        "git show HEAD",
        "cargo test 2>&1 | tail -50",
        "cd /w && FOO=bar cargo build",
        "curl -s https://a | jq .",
        "cat a.json | jq .items",
        "curl -s https://a | python3 -m json.tool",
        "grep -rn foo src | head",
        "git diff a; echo ---; git diff b",
        "cat > a.rs <<'EOF'\nfn main() {}\nEOF\ncargo build",
        "find . -name '*.rs' -exec grep -n foo {} +",
        "ls | xargs grep foo",
        "sed -i s/a/b/ x.rs && git diff",
        "awk '{print $1}' x.txt",
        "type cargo",
        "bash run.sh",
        "kubectl get pods -o json",
        "docker logs web",
    ] {
        assert_eq!(ran(line), command(line), "{line}");
    }
}

#[test]
fn several_commands_of_different_kinds_are_unknown() {
    for line in [
        "git status && git diff",
        "cargo build && cat src/a.rs",
        "cat <<EOF\n{ }\nEOF",
        "python3 -c 'print(open(\"x\").read())'",
        "python3 - <<'EOF'\nprint(1)\nEOF",
        "ls; git log",
    ] {
        assert_eq!(ran(line), Source::Unknown, "{line}");
    }
}

#[test]
fn patches_in_a_shell_are_edits() {
    assert_eq!(ran("apply_patch <<'EOF'\n*** Begin Patch\nEOF"), Source::Edit);
}
