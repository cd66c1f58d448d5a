//! What could not be carried over. A long history loses the same thing in every turn, and one line says it all.

use crate::Dropped;
use std::collections::BTreeMap;

/// What was lost so far.
#[derive(Debug, Default)]
pub(super) struct Losses {
    dropped: Vec<Dropped>,
    /// By the reason: where the first stood, and how many there were after it.
    repeated: BTreeMap<&'static str, (String, usize)>,
}

impl Losses {
    /// Something that is lost once.
    pub(super) fn one(&mut self, path: &str, why: &str) {
        self.dropped.push(Dropped::new(&path, why));
    }

    /// Something that may be lost many times.
    pub(super) fn each(&mut self, path: &str, why: &'static str) {
        self.repeated.entry(why).and_modify(|(_, more)| *more += 1).or_insert_with(|| (path.to_owned(), 0));
    }

    /// All of it.
    pub(super) fn told(self) -> Vec<Dropped> {
        let mut dropped = self.dropped;
        for (why, (first, more)) in self.repeated {
            dropped.push(match more {
                0 => Dropped::new(&first, why),
                _ => Dropped::new(&first, &format!("{why}; so it is with {more} more")),
            });
        }
        dropped
    }
}
