//! A part of a payload as the page shows it.

use crate::console::translator::pretty::pretty;
use crate::store::KeptPart;
use app::api::payload::{Folded, Part, SaidBlock, ShownPart};
use bytes::Bytes;
use wire::conversation::Block;
use wire::{Dialect, Translation};

/// Longer lines are folded away but for their beginning.
const LONG: usize = 400;
/// What stays in sight of a folded line, in bytes.
const IN_SIGHT: usize = 160;

/// A part as the page shows it. `dialect`: the client's.
pub(super) fn shown(part: KeptPart, dialect: Option<Dialect>) -> ShownPart {
    let KeptPart { size, headers, text } = part;
    let stream = size.part == Part::Reply && is_stream(&headers, &text);
    let said = dialect.filter(|_| stream).map(|dialect| said(dialect, &text)).unwrap_or_default();
    let text = match () {
        () if text.is_empty() => Vec::new(),
        () if stream => vec![Folded { shown: text, folded: String::new() }],
        () if text.trim_start().starts_with(['{', '[']) => folded(&pretty(text.as_bytes())),
        () => folded(&text),
    };
    ShownPart { size, headers, said, stream, text }
}

fn is_stream(headers: &[(String, String)], text: &str) -> bool {
    let stated = headers.iter().any(|(name, value)| {
        name == "content-type" && (value.contains("event-stream") || value.contains("ndjson"))
    });
    stated || text.starts_with("data:") || text.starts_with("event:")
}

/// What a stream came to, whole or not.
fn said(dialect: Dialect, text: &str) -> Vec<SaidBlock> {
    let mut translation = Translation::collecting(dialect, "");
    // One frame that is too large ends the reading; what was before it stands.
    let _ = translation.push(Bytes::copy_from_slice(text.as_bytes()));
    let (reply, _) = translation.so_far();
    let block = |block: Block<'_>| {
        let (what, text) = match block {
            Block::Text { text, .. } => ("Text".to_owned(), text.into_owned()),
            Block::Reasoning { text, .. } => ("Thinking".to_owned(), text.into_owned()),
            Block::Refusal(text) => ("Refusal".to_owned(), text.into_owned()),
            Block::ToolCall(call) => (format!("Call of {}", call.name), pretty(call.input.as_bytes())),
            Block::Media(_) => ("Media".to_owned(), String::new()),
            Block::ToolResult(_) => return None,
        };
        Some(SaidBlock { what, text })
    };
    reply.blocks.into_iter().filter_map(block).collect()
}

/// A text whose long lines are folded away. Put together, its pieces are the text.
fn folded(text: &str) -> Vec<Folded> {
    let mut pieces = vec![Folded::default()];
    for line in text.split_inclusive('\n') {
        if line.len() <= LONG {
            if pieces.last().is_some_and(|last| !last.folded.is_empty()) {
                pieces.push(Folded::default());
            }
            if let Some(last) = pieces.last_mut() {
                last.shown.push_str(line);
            }
            continue;
        }
        let (shown, folded) = line.split_at(line.floor_char_boundary(IN_SIGHT));
        match pieces.last_mut() {
            Some(last) if last.folded.is_empty() => {
                last.shown.push_str(shown);
                last.folded.push_str(folded);
            }
            _ => pieces.push(Folded { shown: shown.to_owned(), folded: folded.to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::api::payload::PartSize;

    #[test]
    fn pieces_are_the_text_and_long_lines_are_folded() {
        let text = format!(
            "{{\n  \"a\": \"{}ü\",\n  \"b\": 1,\n  \"c\": \"{}\"\n}}",
            "é".repeat(300),
            "x".repeat(500)
        );
        let pieces = folded(&text);
        let whole: String = pieces.iter().flat_map(|piece| [piece.shown.as_str(), &piece.folded]).collect();
        assert_eq!(whole, text);
        assert_eq!(pieces.len(), 3);
        assert!(
            pieces[1].shown.starts_with("  \"b\": 1,\n  \"c\": \"xxx") && pieces[1].folded.ends_with("x\"\n")
        );
        assert_eq!(pieces[2], Folded { shown: "}".to_owned(), folded: String::new() });
    }

    #[test]
    fn a_stream_that_broke_off_shows_what_it_said() {
        let text = concat!(
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"type\":\"function\",\"function\":{\"name\":\"ls\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}\n\n",
            "data: {\"id\":\"c\",\"choi",
        );
        let size = PartSize { part: Part::Reply, ..PartSize::default() };
        let part = KeptPart { size, headers: Vec::new(), text: text.to_owned() };
        let shown = shown(part, Some(Dialect::Chat));
        assert!(shown.stream);
        assert_eq!(shown.said[0], SaidBlock { what: "Text".to_owned(), text: "Hello".to_owned() });
        assert_eq!(shown.said[1].what, "Call of ls");
        assert_eq!(shown.text[0].shown, text);
    }
}
