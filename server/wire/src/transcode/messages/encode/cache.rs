//! Marks of the prompt cache.

use super::{At, Request, What};
use crate::Dropped;
use crate::conversation::{Cache, Role};

/// Anthropic refuses more (`A maximum of 4 blocks with cache_control may be provided`).
const MOST: usize = 4;

/// Something that can be marked, in the prompt's order.
struct Place<'r> {
    mark: &'r mut Option<Cache>,
    at: At,
    /// The message it is the last of; `None`: before the messages.
    message: Option<usize>,
}

/// Sets marks where there are none and they are wanted, and makes those that are there acceptable.
pub(super) fn settle(request: &mut Request<'_>, wanted: bool, dropped: &mut Vec<Dropped>) {
    let turns = last_two(request);
    let mut places = places(request);
    if wanted && places.iter().all(|place| place.mark.is_none()) {
        set(&mut places, turns);
    }
    thin_out(&mut places, dropped);
    // `a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block`
    let mut short = false;
    for place in &mut places {
        short |= *place.mark == Some(Cache::Default);
        if short && *place.mark == Some(Cache::Hour) {
            *place.mark = Some(Cache::Default);
            drop(
                dropped,
                place.at,
                "may not be for an hour behind one for five minutes: it became one of those",
            );
        }
    }
}

/// The last two of the person's messages.
fn last_two(request: &Request<'_>) -> [Option<usize>; 2] {
    let mut users = request.messages.iter().enumerate().rev().filter(|(_, one)| one.role == Role::User);
    [0, 1].map(|_| users.next().map(|(index, _)| index))
}

fn places<'r>(request: &'r mut Request<'_>) -> Vec<Place<'r>> {
    let tools =
        request.tools.iter_mut().map(|tool| Place { mark: &mut tool.cache, at: tool.at, message: None });
    let system =
        request.system.iter_mut().map(|item| Place { mark: &mut item.cache, at: item.at, message: None });
    let messages = request.messages.iter_mut().enumerate().flat_map(|(index, message)| {
        message
            .items
            .iter_mut()
            .filter(|item| !matches!(item.what, What::Thinking { .. } | What::Redacted(_)))
            .map(move |item| Place { mark: &mut item.cache, at: item.at, message: Some(index) })
    });
    tools.chain(system).chain(messages).collect()
}

/// One mark behind what stays the same in every request, and one behind each of the last two of the person's
/// messages: what the request before has written, this one reads.
fn set(places: &mut [Place<'_>], turns: [Option<usize>; 2]) {
    for message in [None, turns[0], turns[1]] {
        if let Some(place) = places.iter_mut().rfind(|place| place.message == message) {
            *place.mark = Some(Cache::Default);
        }
    }
}

/// Of too many marks the last stay, and one before the messages if there is any.
fn thin_out(places: &mut [Place<'_>], dropped: &mut Vec<Dropped>) {
    let mut marked: Vec<_> = places.iter_mut().filter(|place| place.mark.is_some()).collect();
    let Some(more) = marked.len().checked_sub(MOST).filter(|more| *more > 0) else {
        return;
    };
    let before = marked.iter().filter(|place| place.message.is_none()).count();
    // All but the last of those before the messages go first, then the first of those in the messages.
    let from_before = more.min(before.saturating_sub(1));
    let from_messages = more - from_before;
    for (index, place) in marked.iter_mut().enumerate() {
        let goes = index < from_before || (before..before + from_messages).contains(&index);
        if goes {
            *place.mark = None;
            drop(dropped, place.at, "is one of more than the four marks that Anthropic takes");
        }
    }
}

fn drop(dropped: &mut Vec<Dropped>, at: At, why: &str) {
    dropped.push(Dropped::new(&format!("{at}.cache"), why));
}
