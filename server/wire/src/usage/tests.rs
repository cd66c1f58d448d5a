use super::*;
use crate::json::Cursor;

fn chat(statements: &[&str]) -> Option<Usage> {
    let mut counts = ChatCounts::default();
    for statement in statements {
        counts.read(&mut Cursor::lenient(statement.as_bytes())).unwrap();
    }
    counts.usage()
}

fn messages(statements: &[&str]) -> Option<Usage> {
    let mut counts = MessagesCounts::default();
    for statement in statements {
        counts.read(&mut Cursor::lenient(statement.as_bytes())).unwrap();
    }
    counts.usage()
}

fn gemini(statements: &[&str]) -> Option<Usage> {
    let mut counts = GeminiCounts::default();
    for statement in statements {
        counts.read(&mut Cursor::lenient(statement.as_bytes())).unwrap();
    }
    counts.usage()
}

/// input, cache read, cache write, output, reasoning
fn of(counts: [u64; 4], reasoning: Option<u64>) -> Option<Usage> {
    let [input, cache_read, cache_write, output] = counts;
    Some(Usage { input, cache_read, cache_write, output, reasoning })
}

#[test]
fn chat_vendors() {
    for (vendor, statement, expected) in [
        (
            "OpenAI",
            r#"{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,
                "prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},
                "completion_tokens_details":{"reasoning_tokens":256,"accepted_prediction_tokens":0}}"#,
            of([86, 1920, 0, 300], Some(256)),
        ),
        (
            "DeepSeek",
            r#"{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"prompt_cache_hit_tokens":64,
                "prompt_cache_miss_tokens":36,"prompt_tokens_details":{"cached_tokens":64}}"#,
            of([36, 64, 0, 5], None),
        ),
        (
            "DeepSeek without the sum",
            r#"{"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36,"completion_tokens":5}"#,
            of([36, 64, 0, 5], None),
        ),
        (
            "OpenRouter",
            r#"{"prompt_tokens":10339,"completion_tokens":60,"total_tokens":10399,"cost":0.01,
                "prompt_tokens_details":{"cached_tokens":10000,"cache_write_tokens":318,"audio_tokens":0}}"#,
            of([21, 10000, 318, 60], None),
        ),
        (
            "LiteLLM",
            r#"{"prompt_tokens":1000,"completion_tokens":9,"total_tokens":1009,"cache_read_input_tokens":700,
                "cache_creation_input_tokens":200,"prompt_tokens_details":{"cached_tokens":700,"cache_creation_tokens":200}}"#,
            of([100, 700, 200, 9], None),
        ),
        (
            "Moonshot",
            r#"{"prompt_tokens":19,"completion_tokens":13,"total_tokens":32,"cached_tokens":10}"#,
            of([9, 10, 0, 13], None),
        ),
        (
            "xAI, whose completion leaves reasoning out",
            r#"{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,
                "completion_tokens_details":{"reasoning_tokens":94}}"#,
            of([32, 0, 0, 103], Some(94)),
        ),
        (
            "a converter in front of Gemini, which states reasoning in the total only",
            r#"{"prompt_tokens":9,"completion_tokens":8,"total_tokens":39}"#,
            of([9, 0, 0, 30], Some(22)),
        ),
        (
            "a gateway whose prompt leaves the cache out",
            r#"{"prompt_tokens":3,"completion_tokens":10,"total_tokens":1013,"prompt_tokens_details":{"cached_tokens":1000}}"#,
            of([3, 1000, 0, 10], None),
        ),
        (
            "nonsense saturates",
            r#"{"prompt_tokens":3,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":1000}}"#,
            of([0, 1000, 0, 10], None),
        ),
        (
            "nulls",
            r#"{"prompt_tokens":3,"completion_tokens":null,"total_tokens":null,"prompt_tokens_details":null,
                "completion_tokens_details":{"reasoning_tokens":null}}"#,
            of([3, 0, 0, 0], None),
        ),
        ("zeros", r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#, None),
        ("MiniMax's early chunks", r#"{"total_tokens":0,"total_characters":0}"#, None),
        ("null", "null", None),
        (
            "huge",
            r#"{"prompt_tokens":18446744073709551615,"completion_tokens":18446744073709551615,"total_tokens":5,
                "cached_tokens":18446744073709551615,"cache_write_tokens":18446744073709551615}"#,
            of([0, u64::MAX, u64::MAX, u64::MAX], None),
        ),
    ] {
        assert_eq!(chat(&[statement]), expected, "{vendor}");
    }
}

#[test]
fn later_chat_statements_stand() {
    let growing = [
        r#"{"prompt_tokens":50,"completion_tokens":1,"total_tokens":51}"#,
        "null",
        r#"{"total_tokens":0}"#,
        r#"{"prompt_tokens":50,"completion_tokens":7,"total_tokens":57,"prompt_tokens_details":{"cached_tokens":40}}"#,
        r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
    ];
    assert_eq!(chat(&growing), of([10, 40, 0, 7], None));
    let halves =
        [r#"{"prompt_tokens":50,"completion_tokens":0}"#, r#"{"prompt_tokens":0,"completion_tokens":7}"#];
    assert_eq!(chat(&halves), of([50, 0, 0, 7], None));
}

#[test]
fn messages_vendors() {
    for (vendor, statements, expected) in [
        (
            "Anthropic",
            &[
                r#"{"input_tokens":4,"cache_creation_input_tokens":900,"cache_read_input_tokens":21000,"output_tokens":1,
                    "cache_creation":{"ephemeral_5m_input_tokens":900,"ephemeral_1h_input_tokens":0},"service_tier":"standard"}"#,
                r#"{"output_tokens":503}"#,
            ][..],
            of([4, 21000, 900, 503], None),
        ),
        (
            "Anthropic with a server tool, restated and grown",
            &[
                r#"{"input_tokens":2679,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":3}"#,
                r#"{"input_tokens":10682,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":510,
                    "server_tool_use":{"web_search_requests":1}}"#,
            ],
            of([10682, 0, 0, 510], None),
        ),
        (
            "Z.ai: zeros at the start, truth at the end",
            &[
                r#"{"input_tokens":0,"output_tokens":0}"#,
                r#"{"input_tokens":14,"output_tokens":6,"cache_read_input_tokens":120}"#,
            ],
            of([14, 120, 0, 6], None),
        ),
        (
            "zeros at the end must not erase the start",
            &[
                r#"{"input_tokens":14,"cache_read_input_tokens":7,"output_tokens":0}"#,
                r#"{"input_tokens":0,"cache_read_input_tokens":0,"output_tokens":6}"#,
            ],
            of([14, 7, 0, 6], None),
        ),
        (
            "an estimate at the start, replaced as a whole",
            &[
                r#"{"input_tokens":1000,"cache_read_input_tokens":0,"output_tokens":0}"#,
                r#"{"input_tokens":0,"cache_read_input_tokens":1000,"output_tokens":6}"#,
            ],
            of([0, 1000, 0, 6], None),
        ),
        (
            "only the split by age",
            &[
                r#"{"input_tokens":1,"output_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":4}}"#,
            ],
            of([1, 0, 34, 2], None),
        ),
        (
            "nulls",
            &[r#"{"input_tokens":9,"cache_read_input_tokens":null,"output_tokens":null}"#],
            of([9, 0, 0, 0], None),
        ),
        (
            "Anthropic with thinking counted",
            &[
                r#"{"input_tokens":9,"output_tokens":1,"output_tokens_details":null}"#,
                r#"{"output_tokens":40,"output_tokens_details":{"thinking_tokens":31}}"#,
            ],
            of([9, 0, 0, 40], Some(31)),
        ),
        ("zeros", &[r#"{"input_tokens":0,"output_tokens":0}"#, "null"], None),
    ] {
        assert_eq!(messages(statements), expected, "{vendor}");
    }
}

#[test]
fn gemini_vendors() {
    for (vendor, statements, expected) in [
        (
            "AI Studio",
            &[
                r#"{"promptTokenCount":20,"totalTokenCount":20,"promptTokensDetails":[{"modality":"TEXT","tokenCount":20}]}"#,
                r#"{"promptTokenCount":20,"candidatesTokenCount":198,"totalTokenCount":623,"thoughtsTokenCount":405}"#,
            ][..],
            of([20, 0, 0, 603], Some(405)),
        ),
        (
            "the cache lies inside the prompt, results of Google's tools outside",
            &[
                r#"{"promptTokenCount":2048,"cachedContentTokenCount":1920,"toolUsePromptTokenCount":100,"candidatesTokenCount":7,"totalTokenCount":2155}"#,
            ],
            of([228, 1920, 0, 7], None),
        ),
        (
            "thoughts inside the answer",
            &[
                r#"{"promptTokenCount":341,"candidatesTokenCount":3362,"thoughtsTokenCount":3347,"totalTokenCount":3703}"#,
            ],
            of([341, 0, 0, 3362], Some(3347)),
        ),
        (
            "Vertex, whose first chunks state the traffic only",
            &[r#"{"trafficType":"ON_DEMAND"}"#, r#"{"promptTokenCount":9,"candidatesTokenCount":1}"#, "null"],
            of([9, 0, 0, 1], None),
        ),
        ("zeros", &[r#"{"promptTokenCount":0}"#], None),
    ] {
        assert_eq!(gemini(statements), expected, "{vendor}");
    }
}

#[test]
fn gemini_counts_are_read_as_they_were_written() {
    for reasoning in [None, Some(3)] {
        let usage = Usage { input: 5, cache_read: 7, cache_write: 0, output: 9, reasoning };
        let text = crate::json::write::Writer::object(0, |out| write_gemini(&usage, out));
        assert_eq!(gemini(&[std::str::from_utf8(&text).unwrap()]), Some(usage));
    }
}

#[test]
fn messages_counts_are_read_as_they_were_written() {
    let usage = Usage { input: 1, cache_read: 2, cache_write: 3, output: 40, reasoning: Some(31) };
    let text = crate::json::write::Writer::object(0, |object| write_messages(&usage, object));
    assert_eq!(messages(&[std::str::from_utf8(&text).unwrap()]), Some(usage));
}

#[test]
fn responses_vendors() {
    for (vendor, statement, expected) in [
        (
            "OpenAI",
            r#"{"input_tokens":2006,"input_tokens_details":{"cached_tokens":1920,"cache_write_tokens":64},"output_tokens":300,
                "output_tokens_details":{"reasoning_tokens":256},"total_tokens":2306}"#,
            of([22, 1920, 64, 300], Some(256)),
        ),
        (
            "a server of open models",
            r#"{"input_tokens":30,"output_tokens":20,"total_tokens":50}"#,
            of([30, 0, 0, 20], None),
        ),
        (
            "a vendor whose output leaves reasoning out",
            r#"{"input_tokens":32,"output_tokens":9,"output_tokens_details":{"reasoning_tokens":94},"total_tokens":135}"#,
            of([32, 0, 0, 103], Some(94)),
        ),
        ("null, as long as a stream goes on", "null", None),
    ] {
        let mut counts = ResponsesCounts::default();
        counts.read(&mut Cursor::lenient(statement.as_bytes())).unwrap();
        assert_eq!(counts.usage(), expected, "{vendor}");
    }
}

#[test]
fn responses_counts_are_read_as_they_were_written() {
    let usage = Usage { input: 22, cache_read: 1920, cache_write: 64, output: 300, reasoning: Some(256) };
    let text = crate::json::write::Writer::object(0, |out| write_responses(&usage, out));
    let mut counts = ResponsesCounts::default();
    counts.read(&mut Cursor::lenient(&text)).unwrap();
    assert_eq!(counts.usage(), Some(usage));
}
