use super::*;

fn strict(text: &str) -> Result<(), What> {
    let mut cursor = Cursor::strict(text.as_bytes());
    cursor.skip().and_then(|()| cursor.end()).map_err(|flaw| flaw.what)
}

#[test]
fn accepts_what_serde_json_accepts() {
    for text in [
        "null",
        " true ",
        "false",
        "0",
        "-0",
        "-1.5e+3",
        "1E9",
        "\"\"",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        r#"{"a":[1,2,{"b":null}],"c":"\"\\\/\b\f\n\r\t\u00e9"}"#,
        "\"é\u{7f}\"",
        "[[1],[2]]",
        r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#,
    ] {
        assert_eq!(strict(text), Ok(()), "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
    }
}

#[test]
fn refuses_what_serde_json_refuses() {
    for text in [
        "",
        " ",
        "nul",
        "nulL",
        "truefalse",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u12",
        "\"\n\"",
        "\"\u{0}\"",
        "[1,]",
        "[1 2]",
        "[",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "{}{}",
        "1 2",
        "\u{feff}{}",
        "'a'",
        "NaN",
        "[1}",
        "{\"a\":1]",
        "\"\\",
    ] {
        assert!(strict(text).is_err(), "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
    }
}

#[test]
fn half_a_surrogate_pair_passes_outside_of_keys_we_read() {
    // JSON.stringify of a text cut inside an emoji. The provider may think of it what it likes.
    assert_eq!(strict(r#"{"a":"\ud83d","\ud83d":1,"\ud83e":2}"#), Ok(()));
    assert_eq!(strict(r#"{"\ud83d":1,"\ud83d":2}"#), Err(What::Duplicate("\u{fffd}\u{fffd}\u{fffd}".into())));
}

#[test]
fn a_key_twice_is_refused_at_any_depth_and_however_it_is_escaped() {
    let twice = |key: &str| Err(What::Duplicate(key.into()));
    assert_eq!(strict(r#"{"a":1,"a":1}"#), twice("a"));
    assert_eq!(strict(r#"[{"x":{"b":[{"c":1,"d":2,"c":3}]}}]"#), twice("c"));
    assert_eq!(strict(r#"{"model":1,"mod\u0065l":2}"#), twice("model"));
    assert_eq!(strict(r#"{"😀":1,"\ud83d\ude00":2}"#), twice("😀"));
    assert_eq!(strict(r#"{"":1,"":2}"#), twice(""));
    assert_eq!(strict(r#"{"Model":1,"model":2}"#), Ok(()));
}

#[test]
fn long_objects_are_checked_too() {
    let members = |count: usize| {
        (0..count).map(|n| format!("\"k{n}\":{{\"k0\":{n},\"k1\":{{}}}}")).collect::<Vec<_>>().join(",")
    };
    for count in [MANY - 1, MANY, MANY + 1, 10 * MANY] {
        assert_eq!(strict(&format!("{{{}}}", members(count))), Ok(()));
        for twice in [0, MANY - 2, count - 1] {
            let text = format!("{{{},\"z\":1,\"k{twice}\":1}}", members(count));
            assert_eq!(strict(&text), Err(What::Duplicate(format!("k{twice}"))));
        }
    }
}

#[test]
fn depth_is_bounded() {
    let depth = MAX_DEPTH as usize;
    assert_eq!(strict(&format!("{}{}", "[".repeat(depth), "]".repeat(depth))), Ok(()));
    assert_eq!(strict(&format!("{}{}", "[".repeat(depth + 1), "]".repeat(depth + 1))), Err(What::TooDeep));
    assert_eq!(strict(&"{\"a\":".repeat(1_000_000)), Err(What::TooDeep));
    // Siblings do not add up.
    assert_eq!(strict(&format!("[{}1]", "[[]],{\"a\":{}},".repeat(1000))), Ok(()));
}

#[test]
fn every_special_byte_is_found_wherever_it_stands() {
    for byte in 0..=255_u8 {
        let is_special = byte < 0x20 || byte == b'"' || byte == b'\\';
        for at in 0..20 {
            let mut text = [b'x'; 20];
            text[at] = byte;
            assert_eq!(special(&text, 0), if is_special { at } else { 20 }, "{byte} at {at}");
            // A neighbour that a careless borrow would mistake for a hit.
            for near in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x80, 0xFF] {
                text[(at + 1) % 20] = near;
                assert_eq!(special(&text, 0), if is_special { at } else { 20 });
            }
        }
    }
}

#[test]
fn quoting_and_reading_are_inverse() {
    for text in ["", "a/b", "\"\\\n\r\t\u{1}\u{1f}\u{7f}", "é😀\u{fffd}", "\\u0041"] {
        let mut quoted = Vec::new();
        quote(&mut quoted, text);
        assert_eq!(serde_json::from_slice::<String>(&quoted).unwrap(), text);
        assert_eq!(Cursor::lenient(&quoted).text().unwrap().as_deref(), Some(text));
    }
    let escaped = br#""\u00e9\ud83d\ude00\ud83dx\udE00 \b\f""#;
    assert_eq!(
        Cursor::lenient(escaped).text().unwrap().as_deref(),
        Some("é😀\u{fffd}\u{fffd}\u{fffd}x\u{fffd}\u{fffd}\u{fffd} \u{8}\u{c}")
    );
}

#[test]
fn counts_tolerate_what_vendors_write() {
    for (text, count) in [
        ("0", Some(0)),
        ("17", Some(17)),
        ("17.0", Some(17)),
        ("1.9e1", Some(19)),
        ("-3", None),
        ("null", None),
        ("\"17\"", None),
        ("{}", None),
        ("18446744073709551615", Some(u64::MAX)),
        ("1e999", Some(u64::MAX)),
    ] {
        assert_eq!(Cursor::lenient(text.as_bytes()).count().unwrap(), count, "{text}");
    }
}

#[test]
fn filled_means_not_empty() {
    for (text, filled) in [
        ("null", false),
        ("false", false),
        ("true", true),
        ("0", false),
        ("1", true),
        ("\"\"", false),
        ("\" \"", true),
        ("[ ]", false),
        ("[0]", true),
        ("{\n}", false),
        ("{\"a\":1}", true),
    ] {
        assert_eq!(Cursor::lenient(text.as_bytes()).filled().unwrap(), filled, "{text}");
    }
}
