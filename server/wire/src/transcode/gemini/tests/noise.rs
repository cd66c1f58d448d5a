//! What must hold of any document.

use crate::{
    Asked, Dialect, ReasoningStyle, Reply, Target, Translation, decode, encode, read_whole, write_whole,
};
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;

/// Documents that look like Gemini's more often than chance would have it.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..40).prop_map(Value::from),
        proptest::sample::select(vec![
            "",
            "a",
            "user",
            "model",
            "STRING",
            "object",
            "ANY",
            "#/x",
            "#",
            "image/png",
            "STOP"
        ])
        .prop_map(Value::from),
    ];
    let key = proptest::sample::select(vec![
        "role",
        "parts",
        "text",
        "thought",
        "thoughtSignature",
        "functionCall",
        "functionResponse",
        "name",
        "id",
        "args",
        "response",
        "output",
        "error",
        "inlineData",
        "mimeType",
        "data",
        "fileData",
        "fileUri",
        "type",
        "properties",
        "items",
        "anyOf",
        "allOf",
        "$ref",
        "enum",
        "const",
        "required",
        "x",
        "content",
        "finishReason",
        "index",
    ]);
    leaf.prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(key.clone(), inner, 0..6).prop_map(|map| {
                map.into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

fn part() -> impl Strategy<Value = Value> {
    prop_oneof![
        document(),
        Just(serde_json::json!({"text": "a"})),
        Just(serde_json::json!({"text": "b", "thought": true, "thoughtSignature": "c2ln"})),
        Just(serde_json::json!({"text": "", "thoughtSignature": "c2ln"})),
        document().prop_map(|args| serde_json::json!({"functionCall": {"name": "x", "args": args}})),
        Just(serde_json::json!({"functionCall": {"name": "x"}})),
        document().prop_map(
            |response| serde_json::json!({"functionResponse": {"name": "x", "response": response}})
        ),
    ]
}

proptest! {
    #[test]
    fn what_is_decoded_is_encoded_as_json(
        turns in proptest::collection::vec((any::<bool>(), proptest::collection::vec(part(), 1..4)), 1..5),
        schema in document(),
        old in any::<bool>(),
    ) {
        let contents: Vec<Value> = turns
            .into_iter()
            .map(|(model, parts)| serde_json::json!({"role": if model { "model" } else { "user" }, "parts": parts}))
            .collect();
        let tools = serde_json::json!([{"functionDeclarations": [{"name": "x", "parametersJsonSchema": schema}]}]);
        let body = serde_json::json!({"contents": contents, "tools": tools}).to_string();
        match decode(Dialect::Gemini, body.as_bytes(), true) {
            Ok(conversation) => {
                let model = if old { "gemini-2.5-flash" } else { "gemini-3-flash" };
                let target = Target { reasoning: ReasoningStyle::Budget, ..Target::new(model, "gemini", true) };
                let once = encode(Dialect::Gemini, &conversation, &target);
                prop_assert_eq!(&once, &encode(Dialect::Gemini, &conversation, &target));
                let found: Value = serde_json::from_slice(&once.body).unwrap();
                let roles: Vec<_> = found["contents"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
                prop_assert!(roles.windows(2).all(|pair| pair[0] != pair[1]), "roles alternate");
            }
            Err(fault) => prop_assert!(fault.to_string().starts_with('`'), "{}", fault),
        }
    }

    #[test]
    fn whatever_is_streamed_makes_a_reply(chunks in proptest::collection::vec(proptest::collection::vec(part(), 0..4), 0..5)) {
        let mut stream = String::new();
        for parts in chunks {
            let chunk = serde_json::json!({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]});
            prop_assert!(read_whole(Dialect::Gemini, chunk.to_string().as_bytes(), "gemini").is_ok());
            stream.push_str(&format!("data: {chunk}\n\n"));
        }
        let collect = |stream: String| {
            let mut translation = Translation::collecting(Dialect::Gemini, "");
            translation.push(Bytes::from(stream)).unwrap();
            translation.into_reply().0
        };
        let mut translation = Translation::new(Dialect::Gemini, "", Dialect::Gemini, Asked::default());
        let mut out: Vec<u8> = Vec::new();
        for seen in translation.push(Bytes::from(stream.clone())).unwrap() {
            out.extend_from_slice(&seen.raw);
        }
        out.extend_from_slice(&translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0);
        let reply = collect(stream);
        let again = collect(String::from_utf8(out).unwrap());
        prop_assert_eq!(again.as_ref().ok(), reply.as_ref().ok());
        if let Ok(reply) = reply {
            let written = write_whole(Dialect::Gemini, &reply, &Asked::default());
            let again: Reply = read_whole(Dialect::Gemini, &written, "").unwrap();
            prop_assert_eq!(again.finish, reply.finish);
        }
    }
}
