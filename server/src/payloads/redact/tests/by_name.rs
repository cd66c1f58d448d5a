//! What is known by the name in front of it, and what has such a name without being a secret.

use super::{GITHUB, json, left};

#[test]
fn a_shape_is_seen_inside_of_what_is_no_value() {
    for (text, expected) in [
        (
            "<env>API_KEY=sk-ant-api03-0123456789abcdef-AA</env>".to_owned(),
            "<env>API_KEY=[redacted: API key]</env>",
        ),
        (format!("api_key: {GITHUB}[1]"), "api_key: [redacted: GitHub token][1]"),
        (format!("password: \"<{GITHUB}>\""), "password: \"<[redacted: GitHub token]>\""),
        (format!("secret: \"${{{GITHUB}\""), "secret: \"${[redacted: GitHub token]\""),
        (format!("secret: \"${GITHUB}\""), "secret: \"[redacted: secret]\""),
        (
            format!("https://{GITHUB}:x-oauth-basic@github.com/a"),
            "https://[redacted: GitHub token]:[redacted: password in a URL]@github.com/a",
        ),
        ("password: $api_key: \"hunter2\"".to_owned(), "password: $api_key: \"[redacted: API key]\""),
    ] {
        assert_eq!(left(&text), expected);
    }
}

#[test]
fn passwords_go_with_all_their_punctuation() {
    for (text, expected) in [
        (r#"DB_PASSWORD="it's-s3cret!""#, r#"DB_PASSWORD="[redacted: password]""#),
        (
            r#"{\"password\": \"it's \\\"so\\\" secret\", \"n\": 1}"#,
            r#"{\"password\": \"[redacted: password]\", \"n\": 1}"#,
        ),
        ("DB_PASSWORD=abcd,efghSECRET", "DB_PASSWORD=[redacted: password]"),
        ("DB_PASSWORD=ab&Cd3fgh!\nNEXT=1", "DB_PASSWORD=[redacted: password]\nNEXT=1"),
        ("DB_PASSWORD=p@ss(word)123 ./run", "DB_PASSWORD=[redacted: password] ./run"),
        ("DB_PASSWORD=it's-s3cret", "DB_PASSWORD=[redacted: password]"),
        ("DB_PASSWORD=$3cr3tPassw0rd", "DB_PASSWORD=[redacted: password]"),
        ("(DB_PASSWORD=hunter2x); ls", "(DB_PASSWORD=[redacted: password]); ls"),
        ("'DB_PASSWORD=hunter2x'", "'DB_PASSWORD=[redacted: password]'"),
        (r#"{"e":"A_PASSWORD=hunter2x\nB=1"#, r#"{"e":"A_PASSWORD=[redacted: password]\nB=1"#),
        ("'note: PASSWORD: \"it's cut' off", "'note: PASSWORD: \"[redacted: password]' off"),
        ("password: \"größe 1€\" # ü", "password: \"[redacted: password]\" # ü"),
    ] {
        assert_eq!(left(text), expected);
    }
}

#[test]
fn headers_go_up_to_the_end_of_their_line() {
    for (text, expected) in [
        (
            "Authorization: ApiKey abcdef0123456789\nHost: a",
            "Authorization: ApiKey [redacted: authorization]\nHost: a",
        ),
        ("Authorization: Bot abcdefgh.ijklm", "Authorization: Bot [redacted: authorization]"),
        ("Authorization: Custom abcdef0123 and=more", "Authorization: [redacted: authorization]"),
        (
            r#"-H 'Authorization: Digest username="ada", response="0123"' https://a"#,
            "-H 'Authorization: Digest [redacted: authorization]' https://a",
        ),
        (
            r#"-H "Authorization: Basic YWRhOnMzY3JldA==" -v"#,
            r#"-H "Authorization: Basic [redacted: authorization]" -v"#,
        ),
        (
            r#"{\"h\":\"Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=cd\\r\\nHost: a\"}"#,
            r#"{\"h\":\"Authorization: AWS4-HMAC-SHA256 [redacted: authorization]\\r\\nHost: a\"}"#,
        ),
        (
            r#"{\"authorization\": \"Bot abcdef ghi\"}"#,
            r#"{\"authorization\": \"Bot [redacted: authorization]\"}"#,
        ),
        ("Cookie: a=b; session=0123\nHost: a", "Cookie: [redacted: cookie]\nHost: a"),
        ("-H 'set-cookie: id=0123; Path=/' -v", "-H 'set-cookie: [redacted: cookie]' -v"),
        (r#"{"cookie": "id=0123", "n": 1}"#, r#"{"cookie": "[redacted: cookie]", "n": 1}"#),
    ] {
        assert_eq!(left(text), expected);
    }
}

#[test]
fn more_names_are_known() {
    for (text, expected) in [
        ("GITHUB_TOKEN=abcdefgh", "GITHUB_TOKEN=[redacted: token]"),
        ("NPM_TOKEN=abcdefgh; ls", "NPM_TOKEN=[redacted: token]; ls"),
        ("BOT_TOKEN: abcdefgh", "BOT_TOKEN: [redacted: token]"),
        ("bot_token = \"abcdefgh\"", "bot_token = \"[redacted: token]\""),
        ("?private_token=abcdefgh0123&page=2", "?private_token=[redacted: token]&page=2"),
        ("DB_PASS=hunter2x", "DB_PASS=[redacted: password]"),
        (
            "AccountName=a;AccountKey=abcd+/0123==;EndpointSuffix=b",
            "AccountName=a;AccountKey=[redacted: API key];EndpointSuffix=b",
        ),
        (r#"{\"auth\": \"YWRhOnMzY3JldHMx\"}"#, r#"{\"auth\": \"[redacted: authorization]\"}"#),
        ("//npm.example/:_auth=YWRhOnMzY3JldHMx", "//npm.example/:_auth=[redacted: authorization]"),
        ("mysql --password hunter2x -v", "mysql --password [redacted: password] -v"),
        ("mysql --db-password 'two words'", "mysql --db-password '[redacted: password]'"),
        ("<password>two words</password>", "<password>[redacted: password]</password>"),
        ("<ns:clientSecret>abcd</ns:clientSecret>", "<ns:clientSecret>[redacted: secret]</ns:clientSecret>"),
    ] {
        assert_eq!(left(text), expected);
    }
}

#[test]
fn members_are_known_by_more_names() {
    for name in [
        "authorization_token",
        "bot_token",
        "github_token",
        "private_token",
        "bearer_token",
        "botToken",
        "X-Gitlab-Token",
        "db_pass",
        "accountKey",
    ] {
        let body = format!(r#"{{"mcp_servers":[{{"{name}": "Bearer abc"}}]}}"#);
        let value = &json(&left(&body))["mcp_servers"][0][name];
        assert!(value.as_str().unwrap().starts_with("[redacted: "), "{name}: {value}");
    }
    assert_eq!(
        left(r#"{"api_keys":["a","b"]}"#),
        r#"{"api_keys":["[redacted: API key]","[redacted: API key]"]}"#
    );
    assert_eq!(left(r#"{"auth":"YWRhOnMzY3JldHMx"}"#), r#"{"auth":"[redacted: authorization]"}"#);
}

#[test]
fn code_prose_and_counts_stay() {
    for text in [
        "Ask for the password, or send a password reset; a password is a secret word.",
        "Use the --password flag, or --password=$DB_PASSWORD, or --password \"$1\".",
        "struct Login { password: String, token: Token, authorization: Option<String> }",
        "fn authorization(headers: &HeaderMap, api_key: &str) -> Option<&str> {",
        "authorization: HeaderValue::from_static(\"Bearer abc12345\"),",
        "connect(password=password, api_key=config.api_key, secret: settings.secret)",
        "'password' => $this->password,",
        "if password == expected {",
        "headers = {\"Authorization\": f\"Bearer {api_key}\", 'Authorization': 'Bearer ' + key}",
        "curl -H \"Authorization: Bearer $TOKEN\" -H 'Authorization: Bearer <token>'",
        "API_KEY=os.environ[\"API_KEY\"] PASSWORD=$(pass show db) DB_PASSWORD=${DB_PASSWORD:-}",
        "cd $HOME; PWD=/work/main OLDPWD=~/a PASSWORD=$HOME/x API_TOKEN=$API_TOKEN; ls",
        "API_KEY=<your key> and api_key: {{ api_key }} and PASSWORD=%PASSWORD%",
        "max_tokens: 4096, token_count = 12345678, prompt_tokens=1234, MAX_TOKEN=4096",
        "let next_token = tokens.next(); page_token = response.page; EOS_TOKEN=</s>",
        "cookie: Cookie, cookies = jar; let cookie: String = read(); Set-Cookie headers",
        "<password></password><password>{value}</password> <Password> a < b",
        "\"auth\": \"none\", auth: \"bearer\"",
        "fw_cfg_item hvs.example.org pypi-simple-index-of-packages csk-2 tvly-sdk-2.0 r8_unorm whsec_name",
        r#"{"max_tokens": 4096, "eos_token": "<eos>", "next_page_token": "abcd", "token": " the", "bot_token": 12}"#,
        r#"{"auth": "none", "cookie": "yes", "pwd": "/work/main", "prompt_tokens": 12, "tokens": ["a"], "pass": "x"}"#,
    ] {
        assert_eq!(left(text), text);
    }
}

/// A stream with these deltas.
fn stream(deltas: &[&str]) -> String {
    let frame = |words: &&str| format!("data: {{\"delta\":{{\"text\":\"{words}\"}}}}\n\n");
    deltas.iter().map(frame).collect()
}

#[test]
fn a_value_in_one_frame_is_known_by_what_stands_in_others() {
    for (deltas, expected) in [
        (
            &["Set DB_PASSWORD=", "hunter2x", " and go"][..],
            &["Set DB_PASSWORD=", "[redacted: password]", " and go"][..],
        ),
        (&["a Bearer ", "abcdefghijklmnop0123"], &["a Bearer ", "[redacted: bearer token]"]),
        (
            &["postgres://ada:", "s3cret", "@host/db"],
            &["postgres://ada:", "[redacted: password in a URL]", "@host/db"],
        ),
        (&["DB_PASSWORD=ab", "cdefgh", " on"], &["DB_PASSWORD=[redacted: password]", "", " on"]),
        // Found in its frame already: counted once.
        (&["API_KEY=", "AKIAIOSFODNN7EXAMPLE"], &["API_KEY=", "[redacted: AWS key]"]),
    ] {
        let redacted = super::redact(&stream(deltas), &[]);
        assert_eq!(redacted.text, stream(expected));
        assert_eq!(redacted.count, 1);
    }
}

#[test]
fn names_without_end_are_gone_through_once() {
    // Were each value read from every name in it, these would take minutes.
    for name in
        ["password=", "PWD=<", "password:\"$", "authorization: ", "-----BEGIN PRIVATE KEY-----", "pwd=a::"]
    {
        let text = name.repeat(100_000 / name.len());
        let body = serde_json::json!([{ "text": "password=" }, { "text": text }]);
        json(&left(&body.to_string()));
    }
}
