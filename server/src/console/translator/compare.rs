//! What a client can no longer know from a reply that was translated: found by reading it again.

use app::api::requests::LeftOut;
use wire::conversation::{Block, Seal};
use wire::{Dialect, Finish, Reply, Usage};

/// What is in a reply and not in the same one as it was written in `to`; `written` is how.
pub(super) fn lost(before: &Reply, after: &Reply, to: Dialect, written: &str) -> Vec<LeftOut> {
    let [was, is] = [before, after].map(Contents::of);
    let mut lost = Vec::new();
    let mut say = |what: &str, why: String| lost.push(LeftOut { what: what.to_owned(), why });
    let nowhere = || format!("A reply in `{to}` has no place for it.");
    if !was.text.is_empty() && !is.text.contains(&was.text) {
        say("text", "It reads differently after the translation.".to_owned());
    }
    if !was.thinking.is_empty() && is.thinking.is_empty() {
        say("thinking", nowhere());
    }
    // Looked for in the text: a provider of the dialect has none of it, so nothing reads it from there.
    let kept = |seal: &&Seal<'static>| written.contains(seal.data.as_ref()) || written.contains(&seal.pack());
    if !was.seals.iter().all(kept) {
        say(
            "signature",
            format!(
                "A reply in `{to}` has no place for it, so the vendor does not get it back on the next turn."
            ),
        );
    }
    if !was.refusal.is_empty() && is.refusal.is_empty() {
        say("refusal", format!("`{to}` does not tell it from text."));
    }
    if was.calls.len() != is.calls.len() {
        say("calls", format!("Of {} there are {} left.", was.calls.len(), is.calls.len()));
    } else if was.calls != is.calls {
        say(
            "ids of calls",
            format!("`{to}` has none, or wants them otherwise; results are matched all the same."),
        );
    }
    if was.media > is.media {
        say("media", nowhere());
    }
    let [reason, told] = [before, after].map(|reply| finish(&reply.finish));
    if reason != told {
        say("why it ended", format!("It was {reason}; `{to}` has no word for that and says {told}."));
    }
    counts(before.usage, after.usage, to, &mut say);
    lost
}

fn counts(before: Option<Usage>, after: Option<Usage>, to: Dialect, say: &mut impl FnMut(&str, String)) {
    let Some(was) = before.filter(|was| *was != Usage::default()) else { return };
    let Some(is) = after else {
        return say("token counts", format!("A reply in `{to}` has no place for them here."));
    };
    let rows = [
        ("cached tokens", was.cache_read, is.cache_read),
        ("tokens written to the cache", was.cache_write, is.cache_write),
        ("reasoning tokens", was.reasoning.unwrap_or(0), is.reasoning.unwrap_or(0)),
    ];
    for (what, was, is) in rows {
        if was > 0 && was != is {
            say(what, format!("`{to}` does not count these {was} apart."));
        }
    }
}

fn finish(finish: &Finish) -> String {
    match finish {
        Finish::Stop => "done",
        Finish::StopSequence(_) => "a stop sequence",
        Finish::Length => "the limit of output tokens",
        Finish::Window => "the end of the context window",
        Finish::ToolCalls => "calls of tools",
        Finish::Filtered => "a filter",
        Finish::Refused => "a refusal",
        Finish::Paused => "a pause",
        Finish::Other(word) => return format!("`{word}`"),
    }
    .to_owned()
}

/// What a reply holds, by sort.
#[derive(Default)]
struct Contents<'r> {
    text: String,
    thinking: String,
    refusal: String,
    calls: Vec<(&'r str, &'r str)>,
    media: usize,
    seals: Vec<&'r Seal<'static>>,
}

impl<'r> Contents<'r> {
    fn of(reply: &'r Reply) -> Self {
        let mut found = Self::default();
        for block in &reply.blocks {
            match block {
                Block::Text { text, seal, .. } => {
                    found.text.push_str(text);
                    found.seals.extend(seal);
                }
                Block::Reasoning { text, seal, .. } => {
                    found.thinking.push_str(text);
                    found.seals.extend(seal);
                }
                Block::Refusal(text) => found.refusal.push_str(text),
                Block::ToolCall(call) => {
                    found.calls.push((&call.id, &call.name));
                    found.seals.extend(&call.seal);
                }
                Block::Media(_) => found.media += 1,
                Block::ToolResult(_) => {}
            }
        }
        found
    }
}
