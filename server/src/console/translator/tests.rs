use super::*;
use app::api::ProblemKind;
use app::pages::examples::EXAMPLES;

const NOW: i64 = 1_795_000_000_000;

fn asking(kind: &str, from: &str, to: &str, text: &str) -> Asking {
    let [kind, from, to, text] = [kind, from, to, text].map(str::to_owned);
    Asking { kind, from, to, text }
}

fn translated(kind: &str, from: &str, to: &str, text: &str) -> Translated {
    translate(asking(kind, from, to, text), NOW).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

fn refused(kind: &str, from: &str, to: &str, text: &str) -> (String, String) {
    let problem = translate(asking(kind, from, to, text), NOW).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Invalid);
    (problem.field.unwrap_or_default(), problem.message)
}

fn lost(done: &Translated) -> Vec<&str> {
    done.dropped.iter().map(|left| left.what.as_str()).collect()
}

#[test]
fn every_example_is_recognised_and_reads_in_every_dialect() {
    for example in &EXAMPLES {
        let (from, kind) = example.id.split_once('-').unwrap();
        for to in Dialect::ALL {
            let done = translated("", "", to.as_str(), example.text);
            assert_eq!((done.from.as_str(), done.kind.as_str()), (from, kind), "{}", example.id);
            assert!(done.recognised.starts_with("Read as a "), "{}", done.recognised);
            // What comes out is recognised as what it is.
            if to != Dialect::Chat || kind == "stream" {
                let again = translated("", "", "chat", &done.text);
                assert_eq!((again.from, again.kind), (done.to, done.kind), "{} in {to}", example.id);
            }
        }
        assert!(Dialect::ALL.iter().any(|dialect| dialect.as_str() == example.to && example.to != from));
    }
}

#[test]
fn what_is_lost_is_named_by_its_place_and_the_order_of_members_stays() {
    let done = translated("", "", "chat", EXAMPLES[0].text);
    assert!(lost(&done).contains(&"tools[1]"), "{:?}", done.dropped);
    assert!(done.dropped.iter().all(|left| !left.why.is_empty()));
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":0.20}"#;
    let same = translated("request", "chat", "chat", body).text;
    let places = ["\"model\"", "\"messages\"", "\"temperature\": 0.20"].map(|part| same.find(part).unwrap());
    assert!(places.is_sorted(), "{same}");
}

#[test]
fn a_fault_is_told_with_its_path_or_its_place() {
    let (field, message) =
        refused("", "", "chat", r#"{"model":"m","system":"s","messages":[{"role":"user","content":5}]}"#);
    assert_eq!(field, "text");
    assert!(message.contains("messages[0].content"), "{message}");
    let body = r#"{"model":"m","messages":[{"role":"user","content":5}]}"#;
    let same = translated("", "", "chat", body);
    assert!(same.notes.iter().any(|note| note.contains("messages[0].content")), "{:?}", same.notes);
    let (_, message) = refused("", "", "chat", "{\n  \"model\": \"m\",\n  \"messages\": [}\n");
    assert!(message.contains("line 3"), "{message}");
    let (_, message) = refused("request", "chat", "messages", r#"{"model":"m","model":"n","messages":[]}"#);
    assert!(message.contains("model"), "{message}");
}

#[test]
fn what_cannot_be_asked_for_is_named_by_its_field() {
    for (kind, from, to, text, field) in [
        ("", "", "french", "{}", "to"),
        ("", "Chat", "chat", "{}", "from"),
        ("letter", "", "chat", "{}", "kind"),
        ("", "", "chat", " \n", "text"),
        ("", "", "chat", "hello", "text"),
        ("", "", "chat", "{}", "text"),
        ("", "", "chat", "[1]", "text"),
        ("", "", "chat", "data: {}\n\n", "text"),
    ] {
        let (named, message) = refused(kind, from, to, text);
        assert_eq!(named, field, "{message}");
        assert!(message.ends_with('.'), "{message}");
    }
    let (field, message) = refused("", "", "chat", &"x".repeat(TEXT_LIMIT + 1));
    assert_eq!(field, "text");
    assert!(message.contains("at most 1 MB"), "{message}");
}

#[test]
fn formats_are_told_apart_by_what_only_one_of_them_has() {
    let user = r#""model":"m","messages":[{"role":"user","content":"x"}]"#;
    for (more, from) in [
        (r#","system":"s""#, "messages"),
        (r#","stop_sequences":["a"]"#, "messages"),
        (r#","tools":[{"name":"a","input_schema":{}}]"#, "messages"),
        (r#","options":{"num_ctx":4096}"#, "ollama"),
        (r#","tools":[{"type":"function","function":{"name":"a"}}]"#, "chat"),
        (r#","tools":[{"type":"function","function":{"name":"a"}}],"thinking":{"type":"enabled"}"#, "chat"),
        ("", "chat"),
    ] {
        assert_eq!(translated("", "", "gemini", &format!("{{{user}{more}}}")).from, from, "{more}");
    }
    // What a person states stands, whatever it looks like.
    let stated = translated("request", "messages", "chat", &format!("{{{user}}}"));
    assert_eq!((stated.from.as_str(), stated.recognised.as_str()), ("messages", ""));
}

#[test]
fn a_reply_names_what_the_other_format_has_no_place_for() {
    let reply = r#"{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[
        {"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":"Yes."}],
        "stop_reason":"end_turn","usage":{"input_tokens":5,"cache_read_input_tokens":9,"output_tokens":2}}"#;
    let done = translated("", "", "ollama", reply);
    assert_eq!(done.kind, "reply");
    assert!(lost(&done).contains(&"signature"), "{:?}", done.dropped);
    assert!(lost(&done).contains(&"cached tokens"), "{:?}", done.dropped);
    let done = translated("", "", "responses", reply);
    assert_eq!(lost(&done), [""; 0], "{:?}", done.dropped);
    assert!(done.notes.iter().any(|note| note.contains("NinerouterSeal01")), "{:?}", done.notes);
}

#[test]
fn an_error_and_a_stream_that_breaks_off_are_told_as_such() {
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let done = translated("", "", "chat", error);
    assert!(done.text.contains("Overloaded") && done.notes[0].contains("an error"), "{done:?}");
    let stream = EXAMPLES[5].text;
    let cut = stream.find("event: message_delta").unwrap();
    let done = translated("", "", "chat", &stream[..cut]);
    assert!(done.notes.iter().any(|note| note.contains("breaks off")), "{done:?}");
    assert!(done.text.contains("before its end"), "{}", done.text);
    let done = translated("stream", "gemini", "chat", EXAMPLES[4].text);
    assert!(done.notes.iter().any(|note| note.contains("Nothing in it")), "{done:?}");
}

#[test]
fn no_text_makes_it_stumble() {
    let deep =
        [format!("{}1", "[".repeat(9000)), "{\"a\":".repeat(9000), "}".repeat(9000), "[{]".repeat(300)];
    let odd = [
        "\u{feff}{}",
        "data:\n\n",
        "event: x",
        ":\n\ndata: [DONE]",
        "{\"done\":1}\n{",
        "\u{0}",
        "\"\\ud800\"",
        "{\"messages\":{},\"input\":1}",
    ];
    let cut = EXAMPLES.iter().flat_map(|example| {
        let ends = (0..example.text.len()).step_by(97).filter(|end| example.text.is_char_boundary(*end));
        ends.map(|end| example.text[..end].to_owned())
    });
    let texts: Vec<String> = deep.into_iter().chain(odd.map(str::to_owned)).chain(cut).collect();
    for (at, text) in texts.iter().enumerate() {
        let to = Dialect::ALL[at % Dialect::ALL.len()];
        let _ = translate(asking("", "", to.as_str(), text), NOW);
        for (kind, from) in
            ["request", "reply", "stream"].into_iter().flat_map(|kind| Dialect::ALL.map(|from| (kind, from)))
        {
            let _ = translate(asking(kind, from.as_str(), to.as_str(), text), NOW);
        }
    }
}
