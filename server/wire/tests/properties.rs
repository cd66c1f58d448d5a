//! What must hold of any bytes.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::{Dialect, Edit, Frames, Seen, StreamTap, peek, read_error, read_reply, splice};

fn dialect() -> impl Strategy<Value = Dialect> {
    proptest::sample::select(Dialect::ALL.to_vec())
}

/// Bytes that look like JSON more often than chance would have it.
fn json_like() -> impl Strategy<Value = Vec<u8>> {
    let token = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\n",
        "null",
        "true",
        "false",
        "0",
        "-1.5e3",
        "\"a\"",
        "\"b\":",
        "\"model\":",
        "\"stream\":",
        "\"stream_options\":",
        "\"include_usage\":",
        "\"choices\":",
        "\"delta\":",
        "\"usage\":",
        "\"error\":",
        "\"message\":",
        " ",
        "\n",
        "é",
        "\"m\"",
    ]);
    proptest::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat().into_bytes())
}

/// Lines that look like server-sent events, with every line ending.
fn stream_like() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(b"data: [DONE]".to_vec()),
        Just(b"event: error".to_vec()),
        Just(b": comment".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just(Vec::new()),
        Just(Vec::new()),
        json_like().prop_map(|json| [b"data: ".as_slice(), &json].concat()),
        Just(br#"data: {"choices":[{"delta":{"content":"x"}}]}"#.to_vec()),
        Just(br#"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#.to_vec()),
        Just(br#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}"#.to_vec()),
        Just(br#"data: {"error":{"message":"no"}}"#.to_vec()),
        Just(br#"{"error":{"message":"no stream"}}"#.to_vec()),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    let ending = proptest::sample::select(vec!["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", ""]);
    proptest::collection::vec((line, ending), 0..12)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.into()].concat()).collect())
}

fn cut(text: &[u8], at: &[prop::sample::Index]) -> Vec<Bytes> {
    let mut at: Vec<usize> = at.iter().map(|index| index.index(text.len() + 1)).collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    at.windows(2).map(|ends| Bytes::copy_from_slice(&text[ends[0]..ends[1]])).collect()
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn edits_leave_every_other_byte(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        points in proptest::collection::vec(any::<prop::sample::Index>(), 0..10),
        with in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9), 5),
    ) {
        let body = Bytes::from(body);
        let mut points: Vec<usize> = points.iter().map(|index| index.index(body.len() + 1)).collect();
        points.sort_unstable();
        let edits: Vec<Edit> = points
            .chunks_exact(2)
            .zip(with)
            .map(|(ends, with)| Edit { span: ends[0]..ends[1], with: with.into() })
            .collect();

        let mut expected = Vec::new();
        let mut from = 0;
        for edit in &edits {
            expected.extend(&body[from..edit.span.start]);
            expected.extend(&edit.with);
            from = edit.span.end;
        }
        expected.extend(&body[from..]);
        prop_assert_eq!(&splice(&body, edits.clone()).unwrap(), &expected);

        // Order given does not matter as long as no two edits start and end at the same place.
        if edits.windows(2).all(|pair| pair[0].span != pair[1].span) {
            prop_assert_eq!(&splice(&body, edits.into_iter().rev().collect()).unwrap(), &expected);
        }
    }

    #[test]
    fn any_chunking_gives_the_same_frames(
        text in stream_like(),
        at in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let frames = |chunks: Vec<Bytes>| {
            let mut frames = Frames::new();
            let mut found = Vec::new();
            for chunk in chunks {
                frames.push(chunk);
                found.extend(frames.by_ref().map(Result::unwrap));
            }
            (found, frames.rest())
        };
        let whole = frames(vec![Bytes::from(text.clone())]);
        let joined: Vec<u8> = whole.0.iter().flat_map(|frame| frame.raw.to_vec()).chain(whole.1.to_vec()).collect();
        prop_assert_eq!(&joined, &text);
        prop_assert_eq!(frames(cut(&text, &at)), whole);
    }

    #[test]
    fn any_chunking_gives_the_same_report_and_loses_no_byte(
        dialect in dialect(),
        swallow in any::<bool>(),
        text in stream_like(),
        at in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let watch = |chunks: Vec<Bytes>| {
            let mut tap = StreamTap::new(dialect, swallow);
            let mut seen: Vec<Seen> = Vec::new();
            for chunk in chunks {
                seen.extend(tap.push(chunk).unwrap());
            }
            let (tail, report) = tap.finish();
            (seen, tail, report)
        };
        let whole = watch(vec![Bytes::from(text.clone())]);
        prop_assert!(whole.2.error.is_none() || !whole.2.ended);
        // A frame that nobody could read is left out of a good answer.
        if !swallow && whole.2.slip.is_none() {
            let joined: Vec<u8> =
                whole.0.iter().flat_map(|seen| seen.raw.to_vec()).chain(whole.1.to_vec()).collect();
            prop_assert_eq!(&joined, &text);
        }
        prop_assert_eq!(watch(cut(&text, &at)), whole);
    }

    #[test]
    fn edits_change_the_document_where_they_should_and_nowhere_else(
        mut document in proptest::collection::hash_map(any::<String>(), document(), 0..5),
        model in any::<String>().prop_filter("a name", |name| !name.trim().is_empty()),
        new in any::<String>(),
        stream in any::<bool>(),
        options in prop_oneof![
            Just(None),
            Just(Some(Value::Null)),
            Just(Some(json!({}))),
            Just(Some(json!({"include_usage": false, "other": [1]}))),
            Just(Some(json!({"other": {"include_usage": false}}))),
            Just(Some(json!({"include_usage": true}))),
        ],
        pretty in any::<bool>(),
    ) {
        document.insert("model".into(), json!(model));
        document.insert("stream".into(), json!(stream));
        document.remove("stream_options");
        if let Some(options) = options {
            document.insert("stream_options".into(), options);
        }
        let mut document: Value = document.into_iter().collect::<serde_json::Map<_, _>>().into();
        let body = if pretty { serde_json::to_vec_pretty(&document) } else { serde_json::to_vec(&document) };
        let body = Bytes::from(body.unwrap());

        let found = peek(Dialect::Chat, &body).unwrap();
        prop_assert_eq!(&found.model, &model);
        prop_assert_eq!(found.stream, stream);
        let edits = found.model_edit(&new).into_iter().chain(found.usage_edit()).collect();
        let edited: Value = serde_json::from_slice(&splice(&body, edits).unwrap()).unwrap();

        document["model"] = json!(new);
        if stream {
            if !document["stream_options"].is_object() {
                document["stream_options"] = json!({});
            }
            document["stream_options"]["include_usage"] = json!(true);
        }
        prop_assert_eq!(edited, document);
    }

    #[test]
    fn what_is_let_through_is_json(text in json_like()) {
        if peek(Dialect::Gemini, &text).is_ok() {
            prop_assert!(serde_json::from_slice::<Value>(&text).is_ok());
        } else if let Ok(Value::Object(_)) = serde_json::from_slice(&text) {
            let refusal = peek(Dialect::Gemini, &text).unwrap_err().to_string();
            prop_assert!(refusal.contains("twice") || refusal.contains("`stream`"), "{}", refusal);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        dialect in dialect(),
        noise in proptest::collection::vec(any::<u8>(), 0..300),
        json in json_like(),
        stream in stream_like(),
    ) {
        for text in [noise, json, stream] {
            if let Err(refusal) = peek(dialect, &text) {
                let refusal = refusal.to_string();
                prop_assert!(refusal.ends_with('.') && !refusal.contains('\n'));
            }
            let _ = read_reply(dialect, &text);
            let error = read_error(&text);
            prop_assert!(error.message.chars().count() <= 601);
            let mut tap = StreamTap::new(dialect, true);
            let _ = tap.push(text.into());
            let _ = tap.finish();
        }
    }
}
