use super::*;
use crate::{Finish, Reply};

fn text(pieces: &[&str]) -> Vec<Event> {
    let pieces = pieces.iter().map(|piece| Event::Piece((*piece).to_owned()));
    [Event::Open(Opening::Text)].into_iter().chain(pieces).collect()
}

fn thought(words: &str) -> [Event; 3] {
    [Event::Open(Opening::Reasoning { summary: false }), Event::Piece(words.to_owned()), Event::Close]
}

fn whole(pieces: &[&str]) -> Vec<Event> {
    [text(pieces), vec![Event::Close, Event::Finish(Finish::Stop)]].concat()
}

/// What the client has in the end: kinds and words of the blocks.
fn told(before: &[Event], after: &[Event]) -> Vec<String> {
    let start = Event::Start { id: String::new(), model: String::new(), usage: None };
    let mut given = Given::default();
    let mut all = vec![start.clone()];
    for event in before {
        given.take(event);
        all.push(event.clone());
    }
    let mut joint = Joint::new(given);
    for event in [start].iter().chain(after) {
        joint.take(event.clone(), &mut all);
    }
    let mut grammar = crate::transcode::grammar::Grammar::default();
    for event in &all {
        grammar.take(event).unwrap();
    }
    let blocks = Reply::collect(all).unwrap().blocks;
    blocks
        .iter()
        .map(|block| match block {
            crate::conversation::Block::Text { text, .. } => text.to_string(),
            crate::conversation::Block::Reasoning { text, .. } => format!("thought: {text}"),
            crate::conversation::Block::ToolCall(call) => format!("call: {}", call.name),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_text_goes_on_without_repeating_what_was_said() {
    let said = text(&["The quick brown fox ", "jumps over"]);
    for next in [
        &[" the lazy dog."] as &[&str],
        // The last words again, all of it again, in pieces of any size.
        &["jumps over the lazy dog."],
        &["brown f", "ox jumps", " over", " the lazy dog."],
        &["The quick brown fox jumps over the lazy dog."],
        &["The ", "quick ", "brown ", "fox ", "jumps ", "over ", "the lazy dog."],
    ] {
        assert_eq!(told(&said, &whole(next)), ["The quick brown fox jumps over the lazy dog."], "{next:?}");
    }
}

#[test]
fn likeness_by_chance_is_no_repetition() {
    let said = text(&["a banana"]);
    assert_eq!(told(&said, &whole(&["a split"])), ["a bananaa split"]);
    let said = text(&["let x = f();\n}\n}\n"]);
    assert_eq!(told(&said, &whole(&["}\n}\nend"])), ["let x = f();\n}\n}\n}\n}\nend"]);
}

#[test]
fn blank_space_at_the_seam_is_said_once() {
    assert_eq!(told(&text(&["one\n\n"]), &whole(&["\n\ntwo"])), ["one\n\ntwo"]);
    assert_eq!(told(&text(&["one "]), &whole(&[" two"])), ["one two"]);
    assert_eq!(told(&text(&["one"]), &whole(&[" two"])), ["one two"]);
}

#[test]
fn a_repetition_that_never_differs_adds_nothing() {
    let mut said = text(&["All is said."]);
    assert_eq!(told(&said, &whole(&["All is said."])), ["All is said."]);
    said.push(Event::Close);
    assert_eq!(told(&said, &whole(&["All is ", "said."])), ["All is said."]);
    assert_eq!(told(&said, &whole(&["All is said. And more."])), ["All is said.", " And more."]);
}

#[test]
fn thoughts_stand_before_the_text_they_led_to() {
    let next = [&thought("again")[..], &whole(&[" and two"])].concat();
    assert_eq!(told(&text(&["one"]), &next), ["one and two"]);
    let broken_off = &thought("hm")[..2];
    assert_eq!(told(broken_off, &next), ["thought: hm", "thought: again", " and two"]);
    assert_eq!(told(&[], &next), ["thought: again", " and two"]);
}

#[test]
fn a_call_closes_the_text_before_it() {
    let call = Opening::ToolCall {
        id: "c".into(),
        name: "ls".into(),
        kind: crate::conversation::ToolKind::Function,
    };
    let next = [Event::Open(call), Event::Close, Event::Finish(Finish::ToolCalls)];
    assert_eq!(told(&text(&["Let me look."]), &next), ["Let me look.", "call: ls"]);
    assert_eq!(told(&text(&["Done."]), &[Event::Finish(Finish::Stop)]), ["Done."]);
}
