use super::*;
use app::api::payload::PartSize;

fn part(part: Part, text: &str) -> KeptPart {
    let size = PartSize { part, bytes: bytes(text.len()), kept: bytes(text.len()), redacted: 0 };
    KeptPart { size, headers: Vec::new(), text: text.to_owned() }
}

fn compared(before: &str, now: &str) -> Compared {
    compare(&[part(Part::Request, before)], &[part(Part::Request, now)], true)
}

const BEGUN: &str = r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Hello there","cache_control":{"type":"ephemeral"}}]}],"system":"Be brief.","tools":[{"name":"ls"}]}"#;

#[test]
fn a_turn_more_leaves_all_before_it_as_it_was() {
    let now = BEGUN
        .replace(r#","cache_control":{"type":"ephemeral"}"#, "")
        .replace("}],\"system\"", r#"},{"role":"assistant","content":"Hi"}],"system""#);
    let compared = compared(BEGUN, &now);
    assert_eq!(compared.turned, Turned::Longer);
    assert_eq!(compared.first.unwrap().path, "messages[1].role");
    let same = [r#""ls""#, r#""Be brief.""#, r#""user""#, r#""text""#, r#""Hello there""#];
    assert_eq!(compared.same_bytes, bytes(same.iter().map(|value| value.len()).sum()));
    assert!((4..20).contains(&compared.same_tokens), "{}", compared.same_tokens);
    assert!(compared.beside.is_empty(), "marks of the cache are no difference");
    assert!(!compared.stretches.is_empty());
}

#[test]
fn tools_and_instructions_come_before_the_turns() {
    let now = BEGUN.replace("Be brief.", "Be brisk.").replace("Hello", "Hallo").replace(r#""m""#, r#""n""#);
    let compared = compared(BEGUN, &now);
    assert_eq!(compared.turned, Turned::Changed);
    let first = compared.first.unwrap();
    assert_eq!((first.path.as_str(), first.before.as_str()), ("system", r#""Be brief.""#));
    assert_eq!(compared.same_bytes, bytes(r#""ls""#.len() + r#""Be bri"#.len()));
    let model = Differs { path: "model".to_owned(), before: r#""m""#.to_owned(), now: r#""n""#.to_owned() };
    assert_eq!(compared.beside, [model]);
}

#[test]
fn what_is_missing_or_the_same_is_said() {
    assert_eq!(compared(BEGUN, BEGUN).turned, Turned::Same);
    assert_eq!(compared(BEGUN, BEGUN).first, None);
    let tool = BEGUN.replace(r#"{"name":"ls"}"#, r#"{"name":"ls"},{"name":"cat"}"#);
    let more = compared(BEGUN, &tool);
    assert_eq!((more.turned, more.first.unwrap().path.as_str()), (Turned::Changed, "tools[1].name"));
    let less = compared(&tool, BEGUN);
    assert_eq!((less.turned, less.first.unwrap().path.as_str()), (Turned::Changed, "tools[1].name"));
    let short = r#"{"messages":[{"role":"user"}]}"#;
    let shorter = compared(r#"{"messages":[{"role":"user","content":"x"}]}"#, short);
    assert_eq!(shorter.turned, Turned::Shorter);
}

#[test]
fn what_went_to_the_provider_is_compared_where_it_can_be() {
    let before = [part(Part::Request, r#"{"input":"a"}"#), part(Part::Sent, r#"{"messages":["a"]}"#)];
    let now = [part(Part::Request, r#"{"input":"b"}"#), part(Part::Sent, r#"{"messages":["a"]}"#)];
    let sent = compare(&before, &now, true);
    assert!(sent.sent && sent.turned == Turned::Same);
    let asked = compare(&before, &now, false);
    assert!(!asked.sent && asked.turned == Turned::Changed);
}

#[test]
fn a_change_deep_in_a_long_prompt_is_a_line_and_the_rest_stays_out() {
    let prompt = |word: &str| {
        let lines: Vec<String> = (0..400).map(|line| format!("line {line} of the instructions")).collect();
        let text = lines.join("\\n").replace("line 300 ", word);
        format!(r#"{{"system":"{text}","messages":[]}}"#)
    };
    let compared = compared(&prompt("line 300 "), &prompt("row 300 "));
    let changed: Vec<&Stretch> = compared.stretches.iter().filter(|stretch| !stretch.same).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].now, ["row 300 of the instructions\\n"]);
    assert!(compared.stretches.iter().map(|stretch| stretch.lines.len()).sum::<usize>() < 12);
    let first = compared.first.unwrap();
    assert!(first.before.starts_with('…') && first.before.contains("line 300"), "{first:?}");
    assert!(first.now.contains("row 300") && first.now.len() < 300, "{first:?}");
}
