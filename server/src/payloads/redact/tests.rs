use super::redact;
use proptest::prelude::*;
use serde_json::Value;

const GITHUB: &str = "ghp_0123456789abcdefABCDEF0123456789abcd";
const OPENAI: &str = "sk-proj-0123456789abcdefABCDEF";
const ANTHROPIC: &str = "sk-ant-api03-0123456789abcdef-AA";
const AWS: &str = "AKIAIOSFODNN7EXAMPLE";
const GOOGLE: &str = "AIzaSyA0123456789abcdefghijklmnopqrstuv";
const SLACK: &str = "xoxb-012345678901-abcdefABCDEF";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0123456789abcdef+/==\nabcdEFGH0123456789==\n-----END RSA PRIVATE KEY-----";

mod by_name;

fn left(text: &str) -> String {
    redact(text, &[]).text
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn each_kind_is_named_in_its_place() {
    for (secret, kind) in [
        (GITHUB, "GitHub token"),
        (OPENAI, "API key"),
        (ANTHROPIC, "Anthropic key"),
        (AWS, "AWS key"),
        (GOOGLE, "Google key"),
        (SLACK, "Slack token"),
        (JWT, "JSON web token"),
        (PEM, "private key"),
        ("glpat-0123456789abcdefABCD", "GitLab token"),
        ("nr-0123456789abcdefABCDEF0123456789abcdefABCDE", "Ninerouter key"),
        ("gsk_0123456789abcdefABCDEF0123456789", "API key"),
        ("r8_0123456789abcdefABCDEF0123456789abcde", "API key"),
        ("tvly-dev-0123456789abcdefABCDEF", "API key"),
        ("pypi-AgEIcHlwaS5vcmcCJDAxMjM0NTY3", "API key"),
        ("dckr_pat_0123456789abcdefABCDEF_-x", "API key"),
        ("hvs.CAESIJ0123456789abcdefABCDEF", "API key"),
        ("whsec_0123456789abcdefABCDEF0123456789", "API key"),
        ("dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "API key"),
        ("glagent-0123456789abcdefABCDEF0123456789", "GitLab token"),
        ("glft-0123456789abcdefABCDEF", "GitLab token"),
        ("glimt-0123456789abcdefABCDEFGHI", "GitLab token"),
        ("csk-0123456789abcdefghijklmnopqrstuvwx", "API key"),
        ("fw_0123456789abcdefABCDEF", "API key"),
    ] {
        let marker = format!("[redacted: {kind}]");
        let text = format!("Look: ({secret}), and on.");
        assert_eq!(left(&text), format!("Look: ({marker}), and on."));
        // As a client sends it, and as a tool's call has it: JSON in JSON, escaped twice.
        let once = Value::from(text.as_str()).to_string();
        let body = format!(r#"{{"a": 1.50,"messages":[{{"content":{once}}}]}}"#);
        let redacted = left(&body);
        assert_eq!(json(&redacted)["messages"][0]["content"], format!("Look: ({marker}), and on."));
        assert!(redacted.starts_with(r#"{"a": 1.50,"messages""#), "all else stays: {redacted}");
        let twice = format!(r#"{{"arguments":{}}}"#, Value::from(body));
        let redacted = left(&twice);
        let inner = json(json(&redacted)["arguments"].as_str().unwrap());
        assert!(inner["messages"][0]["content"].as_str().unwrap().contains(&marker), "{redacted}");
        assert!(!redacted.contains(secret), "{redacted}");
    }
}

#[test]
fn values_are_known_by_their_names() {
    for (text, expected) in [
        ("export DB_PASSWORD=hunter2x; ls", "export DB_PASSWORD=[redacted: password]; ls"),
        (r#"{"apiKey": "plain words", "n": 1}"#, r#"{"apiKey": "[redacted: API key]", "n": 1}"#),
        (r#"{"x-api-key": 12345}"#, r#"{"x-api-key": "[redacted: API key]"}"#),
        (r#"{"password": {"type": "string"}}"#, r#"{"password": {"type": "string"}}"#),
        ("client_secret: 'two words'", "client_secret: '[redacted: secret]'"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer [redacted: authorization]"),
        ("curl -H 'x-api-key: abcdef0123'", "curl -H 'x-api-key: [redacted: API key]'"),
        (
            "postgres://ada:s3cret@db.example/app",
            "postgres://ada:[redacted: password in a URL]@db.example/app",
        ),
        ("bearer abcdefghijklmnop0123", "bearer [redacted: bearer token]"),
        ("\"refresh_token\\\": \\\"abcd-efgh\\\"", "\"refresh_token\\\": \\\"[redacted: token]\\\""),
    ] {
        assert_eq!(left(text), expected);
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "sk-fading-circle and sk-learn-contrib-package",
        "task-0123456789abcdefgh",
        r#"{"max_tokens": 4096, "logprobs": [{"token": "Hello"}], "signature": "EqQBCkYIARgC"}"#,
        "let password = read_password(&file)?;",
        "api_key = os.environ[\"OPENAI_API_KEY\"]",
        "PASSWORD=$SECRET_PASSWORD",
        r#"{"required": ["password", "token"], "tokens": 12}"#,
        "http://127.0.0.1:20128/v1/messages?beta=true",
        "https://example.com:8080/a@b",
        "api_key: null",
        "password: ********",
        "data: [DONE]\n\n: ping\n",
        "",
        "{",
        "[1, 2",
    ] {
        assert_eq!(left(text), text);
    }
}

#[test]
fn a_secret_that_is_known_goes_wherever_it_stands() {
    let known = ["odd secret of the account".to_owned()];
    let body = r#"{"error":"Wrong key \"odd secret of the account\"."}"#;
    let redacted = redact(body, &known);
    assert_eq!(redacted.text, r#"{"error":"Wrong key \"[redacted: key of this request]\"."}"#);
    assert_eq!(redacted.count, 1);
}

#[test]
fn what_was_cut_off_loses_its_secrets_too() {
    let body = format!("{{\"a\":\"x\",\"b\":[\"{GITHUB}\",\"export TOKEN=1 \\n API_KEY=\\\"abcdef0123");
    let redacted = left(&body);
    assert!(!redacted.contains(GITHUB) && !redacted.contains("abcdef0123"), "{redacted}");
    let key = &PEM[..PEM.len() - 40];
    assert!(!left(&format!("{{\"a\":\"{}", key.replace('\n', "\\n"))).contains("MIIE"));
}

/// What a stream says when its deltas are put together.
fn told(stream: &str, pointer: &str) -> String {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter_map(|data| Some(json(data).pointer(pointer)?.as_str()?.to_owned())).collect()
}

#[test]
fn a_secret_split_over_frames_is_found() {
    let chunk = |words: &str| {
        let words = Value::from(words);
        format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":{words}}}}}\n\n"
        )
    };
    let other = "data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"text\":\"between\"}}\n\n";
    let mut stream = String::new();
    for piece in ["It is gh", "p_0123456789abc", "defABCDEF0123456789", "abcd.", " Done."] {
        stream += &chunk(piece);
        stream += other;
    }
    let redacted = redact(&stream, &[]);
    assert_eq!(redacted.count, 1);
    let words = told(&redacted.text.replace(other, ""), "/delta/text");
    assert_eq!(words, "It is [redacted: GitHub token]. Done.");
    assert_eq!(redacted.text.matches("between").count(), 5);
    assert_eq!(redacted.text.matches("event: content_block_delta").count(), 5, "its frames stay");
}

#[test]
fn a_secret_split_over_lines_and_items_is_found() {
    let lines: String = ["AKIA", "IOSFODNN", "7EXAMPLE", " is it"]
        .map(|piece| format!("{{\"message\":{{\"content\":\"{piece}\"}}}}\n"))
        .concat();
    assert!(!left(&lines).contains("IOSFODNN"), "{}", left(&lines));
    assert!(left(&lines).contains(" is it"));
    let items = ["eyJhbGciOiJIUzI1NiJ9.eyJ", "zdWIiOiIxMjM0In0.dozj", "gNryP4J3 x"]
        .map(|piece| format!("{{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"{piece}\"}}]}}}}]}}"))
        .join(",\n");
    let array = format!("[{items}\n]");
    let redacted = left(&array);
    assert!(!redacted.contains("zdWI") && redacted.contains(" x"), "{redacted}");
    json(&redacted);
}

fn piece() -> impl Strategy<Value = String> {
    let secrets = [
        GITHUB,
        OPENAI,
        ANTHROPIC,
        AWS,
        GOOGLE,
        SLACK,
        JWT,
        PEM,
        "sk-",
        "AKIA",
        "password=",
        "api_key: ",
        "Bearer ",
        "\"secret\": \"",
        "://ada:",
        "@host",
        "-----BEGIN PRIVATE KEY-----",
        "[redacted: API key]",
        "\\",
        "\"",
        "\\\"",
        "\n",
        "data: ",
        "{\"a\":\"",
        "\"}",
        "hunter2",
        "DB_TOKEN=",
        "Authorization: Bot ",
        "Cookie: a=",
        "--password ",
        "<password>",
        "</password>",
        "auth",
        "$",
        "'",
        "€",
        "}",
        "[",
        ",",
    ];
    prop_oneof![prop::sample::select(secrets.to_vec()).prop_map(str::to_owned), "\\PC{0,12}"]
}

fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

fn values() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<i32>().prop_map(Value::from), texts().prop_map(Value::from)];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let names = prop_oneof![
            prop::sample::select(vec!["password", "text", "bot_token", "auth", "cookie"])
                .prop_map(str::to_owned),
            "[a-z]{1,6}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_taken_and_nothing_is_found_twice(text in texts()) {
        let once = left(&text);
        prop_assert_eq!(left(&once), once);
    }

    #[test]
    fn json_stays_json_of_the_same_shape(value in values()) {
        fn shape(value: &Value) -> String {
            match value {
                Value::Array(items) => format!("[{}]", items.iter().map(shape).collect::<String>()),
                Value::Object(members) => {
                    format!("{{{}}}", members.iter().map(|(name, value)| name.clone() + &shape(value)).collect::<String>())
                }
                Value::String(_) | Value::Number(_) => "x".to_owned(),
                other => other.to_string(),
            }
        }
        let once = left(&value.to_string());
        prop_assert_eq!(shape(&json(&once)), shape(&value));
        prop_assert_eq!(left(&once), once);
    }

    #[test]
    fn however_a_stream_is_cut_into_frames_no_secret_is_left(cuts in prop::collection::vec(1_usize..30, 1..20)) {
        let words = format!("a {GITHUB} b {AWS} c {JWT} d DB_PASSWORD=hunter2,x e://ada:s3cret@f Bearer abcdefghijklmnop0 g");
        let (mut stream, mut rest) = (String::new(), words.as_str());
        for cut in cuts.into_iter().chain([words.len()]) {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            rest = after;
            stream += &format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n");
        }
        let redacted = left(&stream);
        let words = told(&redacted, "/choices/0/delta/content");
        let expected = "a [redacted: GitHub token] b [redacted: AWS key] c [redacted: JSON web token] d DB_PASSWORD=[redacted: password] e://ada:[redacted: password in a URL]@f Bearer [redacted: bearer token] g";
        prop_assert_eq!(words, expected);
    }
}
