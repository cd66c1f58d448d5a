//! Every call is answered in the message after it, first thing, and once.

use super::super::ids::{NO_RESULT, unused};
use super::{At, Encoder, Item, Message, What, turns};
use crate::conversation::Role;
use std::borrow::Cow;
use std::collections::BTreeSet;

impl<'c> Encoder<'c> {
    pub(super) fn pair(&mut self, messages: &mut Vec<Message<'c>>) {
        let mut used = BTreeSet::new();
        let mut at = 0;
        while at < messages.len() {
            let results = self.answers(messages, at, &mut used);
            if !results.is_empty() {
                if messages.get(at + 1).is_none_or(|next| next.role != Role::User) {
                    messages.insert(at + 1, Message { role: Role::User, items: Vec::new() });
                }
                if let Some(next) = messages.get_mut(at + 1) {
                    // What the results did not answer answers nothing.
                    let rest = self.without_results(std::mem::take(&mut next.items));
                    next.items = results;
                    next.items.extend(rest);
                }
                at += 1;
            } else if let Some(message) = messages.get_mut(at).filter(|one| one.role == Role::User) {
                message.items = self.without_results(std::mem::take(&mut message.items));
            }
            at += 1;
        }
        messages.retain(|message| !message.items.is_empty());
        turns::join(messages);
    }

    /// Names the calls of the message at `at` and takes out the results that answer them: those after it in their
    /// own order, then those that came late, then those that never came.
    fn answers(
        &mut self,
        messages: &mut [Message<'c>],
        at: usize,
        used: &mut BTreeSet<String>,
    ) -> Vec<Item<'c>> {
        let Some((message, later)) = messages.get_mut(at..).and_then(<[_]>::split_first_mut) else {
            return Vec::new();
        };
        let mut open: Vec<(&'c str, String, At)> = Vec::new();
        for item in &mut message.items {
            if let What::Call { id, sent, .. } = &mut item.what {
                *sent = unused(id, used);
                open.push((*id, sent.clone(), item.at));
            }
        }
        let mut results = Vec::new();
        for later in later {
            let calls_again = |item: &Item<'_>| matches!(item.what, What::Call { id, .. } if open.iter().any(|(call, ..)| *call == id));
            // An id used twice: what follows answers the later call.
            if open.is_empty() || later.items.iter().any(calls_again) {
                break;
            }
            later.items = std::mem::take(&mut later.items)
                .into_iter()
                .filter_map(|mut item| {
                    if let What::Result { id, sent, .. } = &mut item.what
                        && let Some(found) = open.iter().position(|(call, ..)| call == id)
                    {
                        *sent = open.remove(found).1;
                        results.push(item);
                        return None;
                    }
                    Some(item)
                })
                .collect();
        }
        for (id, sent, at) in open {
            self.drop(&at, "is a call without a result: an error that says so was put in its place");
            let words = What::Text(Cow::Borrowed(NO_RESULT));
            let content = vec![Item { at: At::Nowhere, cache: None, what: words }];
            let what = What::Result { id, sent, content, is_error: true };
            results.push(Item { at: At::Nowhere, cache: None, what });
        }
        results
    }

    fn without_results(&mut self, items: Vec<Item<'c>>) -> Vec<Item<'c>> {
        let mut kept = Vec::with_capacity(items.len());
        for item in items {
            if matches!(item.what, What::Result { .. }) {
                self.drop(&item.at, "answers no call, or one that was answered before");
            } else {
                kept.push(item);
            }
        }
        kept
    }
}
