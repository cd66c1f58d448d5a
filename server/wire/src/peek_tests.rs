use super::*;
use crate::splice;

fn refusal(body: impl AsRef<[u8]>) -> String {
    peek(Dialect::Chat, body.as_ref()).unwrap_err().to_string()
}

fn edited(body: &'static str, model: &str) -> String {
    let found = peek(Dialect::Chat, body.as_bytes()).unwrap();
    let edits = found.model_edit(model).into_iter().chain(found.usage_edit()).collect();
    String::from_utf8(splice(&Bytes::from_static(body.as_bytes()), edits).unwrap().to_vec()).unwrap()
}

#[test]
fn finds_model_and_stream() {
    let found =
        peek(Dialect::Messages, br#" {"messages":[{"model":"no"}],"model" : "claude","stream":true} "#);
    let found = found.unwrap();
    assert_eq!((found.model.as_str(), found.stream), ("claude", true));
    assert_eq!(found.usage_edit(), None);
    for body in [r#"{"model":"m"}"#, r#"{"model":"m","stream":null}"#, r#"{"model":"m","stream":false}"#] {
        let found = peek(Dialect::Chat, body.as_bytes()).unwrap();
        assert!(!found.stream && found.usage_edit().is_none());
        assert_eq!(found.model_edit("m"), None);
    }
    assert!(peek(Dialect::Ollama, br#"{"model":"m"}"#).unwrap().stream);
    let gemini = peek(Dialect::Gemini, br#"{"contents":[]}"#).unwrap();
    assert_eq!((gemini.model.as_str(), gemini.stream, gemini.model_edit("x")), ("", false, None));
}

#[test]
fn each_refusal_is_one_clear_sentence() {
    insta::assert_snapshot!(
        [
            refusal(""),
            refusal(" \n"),
            refusal("hello"),
            refusal("{\n  \"model\": \"é\" \"m\"\n}"),
            refusal(r#"{"model":"m""#),
            refusal("{\"model\":\"a\nb\"}"),
            refusal(r#"{"model":"m\x"}"#),
            refusal(r#"{"model":"m","n":01}"#),
            refusal(r#"{model:"m"}"#),
            refusal(r#"{"model":"m",}"#),
            refusal(r#"["model"]"#),
            refusal(r#""model"#),
            refusal("{}"),
            refusal(r#"{"model":null}"#),
            refusal(r#"{"model":["m"]}"#),
            refusal(r#"{"model":" "}"#),
            refusal(r#"{"model":"\ud83d"}"#),
            refusal(r#"{"model":"m","stream":"yes"}"#),
            refusal("{\"model\":\"m\",\n \"messages\":[{\"role\":\"user\",\"role\":\"x\"}]}"),
            refusal(r#"{"model":"m","a":1,"model":"n"}"#),
            refusal(format!("{{\"model\":\"m\",\"a\":{}", "[".repeat(200))),
            refusal(b"{\"model\":\"\xFF\"}"),
            refusal(r#"{"model":"m"} {}"#),
        ]
        .join("\n"),
        @r#"
        The request body is empty.
        The request body is empty.
        The request body is not valid JSON: expected a value at line 1, column 1.
        The request body is not valid JSON: expected `,` or `}` at line 2, column 16.
        The request body is not valid JSON: it ends too early, at line 1, column 13.
        The request body is not valid JSON: expected an escape such as \n in place of a control character at line 1, column 12.
        The request body is not valid JSON: expected a JSON escape at line 1, column 12.
        The request body is not valid JSON: expected `,` or `}` at line 1, column 19.
        The request body is not valid JSON: expected a key in double quotes at line 1, column 2.
        The request body is not valid JSON: expected a key in double quotes at line 1, column 14.
        The request body must be a JSON object, not an array.
        The request body is not valid JSON: it ends too early, at line 1, column 7.
        `model` is missing from the request body.
        `model` must be a string, not null.
        `model` must be a string, not an array.
        `model` is empty.
        `model` holds half of a surrogate pair, which is no character.
        `stream` must be true or false, not a string.
        The request body states the key "role" twice in one object, at line 2, column 29.
        The request body states the key "model" twice in one object, at line 1, column 20.
        The request body is nested deeper than 128 levels, at line 1, column 145.
        The request body is not UTF-8 text (line 1, column 11).
        The request body has more text after its JSON value, at line 1, column 15.
        "#
    );
}

#[test]
fn a_new_model_is_escaped_and_nothing_else_moves() {
    assert_eq!(
        edited(r#"{ "n":1.0 , "model" :  "old" , "x":1e3}"#, "a\"b\\c/é\n"),
        r#"{ "n":1.0 , "model" :  "a\"b\\c/é\n" , "x":1e3}"#
    );
    assert_eq!(edited(r#"{"model":"g\u0070t"}"#, "gpt"), r#"{"model":"g\u0070t"}"#);
}

#[test]
fn usage_is_asked_for_in_every_spelling() {
    for (body, expected) in [
        (
            r#"{"model":"m","stream":true}"#,
            r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#,
        ),
        (
            "{\"stream\": true ,\"model\":\"m\"}",
            r#"{"stream": true,"stream_options":{"include_usage":true} ,"model":"m"}"#,
        ),
        (
            r#"{"model":"m","stream_options":null,"stream":true}"#,
            r#"{"model":"m","stream_options":{"include_usage":true},"stream":true}"#,
        ),
        (
            r#"{"model":"m","stream_options":{ },"stream":true}"#,
            r#"{"model":"m","stream_options":{"include_usage":true },"stream":true}"#,
        ),
        (
            r#"{"model":"m","stream_options":{"include_usage":false,"x":1},"stream":true}"#,
            r#"{"model":"m","stream_options":{"include_usage":true,"x":1},"stream":true}"#,
        ),
        (
            r#"{"model":"m","stream_options":{"include_obfuscation":false},"stream":true}"#,
            r#"{"model":"m","stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}"#,
        ),
        (
            r#"{"model":"m","stream_options":{"include_usage": null},"stream":true}"#,
            r#"{"model":"m","stream_options":{"include_usage": true},"stream":true}"#,
        ),
    ] {
        assert_eq!(edited(body, "m"), expected);
        let again = peek(Dialect::Chat, expected.as_bytes()).unwrap();
        assert_eq!(again.usage_edit(), None, "asked already: {expected}");
    }
    for left_alone in [
        r#"{"model":"m","stream_options":{"include_usage":true},"stream":true}"#,
        r#"{"model":"m","stream_options":{"include_usage":"yes"},"stream":true}"#,
        r#"{"model":"m","stream_options":7,"stream":true}"#,
        r#"{"model":"m","stream_options":{},"stream":false}"#,
    ] {
        assert_eq!(edited(left_alone, "m"), left_alone);
    }
}

#[test]
fn a_stream_is_asked_for_or_not() {
    for (body, stream, edited) in [
        (r#"{"model":"m"}"#, true, r#"{"stream":true,"model":"m"}"#),
        (r#" { "stream" : false, "model":"m"}"#, true, r#" { "stream" : true, "model":"m"}"#),
        (r#"{"model":"m","stream":true}"#, false, r#"{"model":"m","stream":false}"#),
        (r#"{"stream":null,"model":"m"}"#, true, r#"{"stream":true,"model":"m"}"#),
    ] {
        let peek = peek(Dialect::Chat, body.as_bytes()).unwrap();
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        assert_eq!(crate::splice(&bytes, vec![peek.stream_edit(stream, false)]).unwrap(), edited);
    }
}

#[test]
fn usage_comes_along_with_a_stream_that_the_client_did_not_ask_for() {
    for (dialect, body, edited) in [
        (
            Dialect::Chat,
            r#"{"model":"m"}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true},"model":"m"}"#,
        ),
        (
            Dialect::Chat,
            r#"{"model":"m","stream":false}"#,
            r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#,
        ),
        (
            Dialect::Chat,
            r#"{"stream_options":{},"model":"m"}"#,
            r#"{"stream":true,"stream_options":{},"model":"m"}"#,
        ),
        (Dialect::Messages, r#"{"model":"m"}"#, r#"{"stream":true,"model":"m"}"#),
    ] {
        let peek = peek(dialect, body.as_bytes()).unwrap();
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        assert_eq!(crate::splice(&bytes, vec![peek.stream_edit(true, true)]).unwrap(), edited);
    }
}
