//! Blocks begin and grow in any order here; they come out one at a time, in the order they began.

use crate::{Event, Opening};
use std::collections::VecDeque;

/// Which part of which item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) item: u64,
    pub(super) part: u64,
}

/// Blocks that are not out yet. What happens to the first goes out at once, what happens to others is held.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: VecDeque<Lane>,
}

#[derive(Debug)]
struct Lane {
    place: Place,
    kind: Kind,
    held: Vec<Event>,
    closed: bool,
}

/// What must not be closed before it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    Words,
}

impl Lanes {
    /// Begins a block.
    pub(super) fn open(&mut self, place: Place, opening: Opening, out: &mut Vec<Event>) {
        let kind = if matches!(opening, Opening::ToolCall { .. }) { Kind::Call } else { Kind::Words };
        let mut lane = Lane { place, kind, held: Vec::new(), closed: false };
        let event = Event::Open(opening);
        if self.lanes.is_empty() {
            out.push(event)
        } else {
            lane.held.push(event)
        }
        self.lanes.push_back(lane);
    }

    /// Whether a block is open there.
    pub(super) fn is_open(&self, place: Place) -> bool {
        self.lanes.iter().any(|lane| lane.place == place && !lane.closed)
    }

    /// More of an open block.
    pub(super) fn push(&mut self, place: Place, event: Event, out: &mut Vec<Event>) {
        let open = self.lanes.iter_mut().enumerate();
        match open.rev().find(|(_, lane)| lane.place == place && !lane.closed) {
            Some((0, _)) => out.push(event),
            Some((_, lane)) => lane.held.push(event),
            None => {}
        }
    }

    /// Ends a block, if it is open.
    pub(super) fn close(&mut self, place: Place, out: &mut Vec<Event>) {
        self.close_where(|lane| lane.place == place, out);
    }

    /// Ends what is open of an item.
    pub(super) fn close_item(&mut self, item: u64, out: &mut Vec<Event>) {
        self.close_where(|lane| lane.place.item == item, out);
    }

    /// Ends everything.
    pub(super) fn close_all(&mut self, out: &mut Vec<Event>) {
        self.close_where(|_| true, out);
    }

    /// Lets out what is held, up to a call that never became whole: closing that would make it look so.
    pub(super) fn cut(&mut self, out: &mut Vec<Event>) {
        self.close_where(|lane| lane.kind == Kind::Words, out);
    }

    fn close_where(&mut self, ends: impl Fn(&Lane) -> bool, out: &mut Vec<Event>) {
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            if !lane.closed && ends(lane) {
                lane.closed = true;
                if index == 0 { out.push(Event::Close) } else { lane.held.push(Event::Close) }
            }
        }
        while self.lanes.front().is_some_and(|lane| lane.closed) {
            self.lanes.pop_front();
            if let Some(next) = self.lanes.front_mut() {
                out.append(&mut next.held);
            }
        }
    }
}
