//! Every call is answered in the message after it, and once: anything else is refused (`TOOL_USE_RESULT_MISMATCH`,
//! August 2026).

use super::messages::add;
use super::{Answer, Encoder, Message};
use crate::conversation::Role;
use crate::transcode::messages::{NO_RESULT, unused_id};
use std::collections::BTreeSet;

impl<'c> Encoder<'c> {
    pub(super) fn pair(&mut self, messages: &mut Vec<Message<'c>>) {
        let mut used = BTreeSet::new();
        let mut at = 0;
        while at < messages.len() {
            let answers = self.answers(messages, at, &mut used);
            if !answers.is_empty() && messages.get(at + 1).is_none_or(|next| next.role != Role::User) {
                messages.insert(at + 1, Message::new(Role::User));
            }
            if !answers.is_empty() {
                at += 1;
            }
            if let Some(message) = messages.get_mut(at) {
                for orphan in std::mem::replace(&mut message.results, answers) {
                    self.losses.each(&orphan.path, "answers no call, or one that was answered before");
                }
                for answer in &mut message.results {
                    message.pictures.append(&mut answer.pictures);
                }
            }
            at += 1;
        }
        for message in std::mem::take(messages) {
            add(messages, message);
        }
    }

    /// Names the calls of the message at `at` and takes out the results that answer them: those after it in their own
    /// order, then those that came late, then those that never came.
    fn answers(
        &mut self,
        messages: &mut [Message<'c>],
        at: usize,
        used: &mut BTreeSet<String>,
    ) -> Vec<Answer<'c>> {
        let Some((message, later)) = messages.get_mut(at..).and_then(<[_]>::split_first_mut) else {
            return Vec::new();
        };
        let mut open: Vec<(&'c str, String, String)> = Vec::new();
        for call in &mut message.calls {
            call.sent = unused_id(call.id, used);
            open.push((call.id, call.sent.clone(), call.path.clone()));
        }
        let mut answers = Vec::new();
        for later in later {
            // An id used twice: what follows answers the later call.
            let again = later.calls.iter().any(|call| open.iter().any(|(id, ..)| *id == call.id));
            if open.is_empty() || again {
                break;
            }
            for mut answer in std::mem::take(&mut later.results) {
                match open.iter().position(|(id, ..)| *id == answer.id) {
                    Some(found) => {
                        answer.sent = open.remove(found).1;
                        answers.push(answer);
                    }
                    None => later.results.push(answer),
                }
            }
        }
        for (id, sent, path) in open {
            self.losses.each(&path, "is a call without a result: an error that says so was put in its place");
            let (text, pictures) = (NO_RESULT.to_owned(), Vec::new());
            answers.push(Answer { path, id, sent, text, pictures, is_error: true });
        }
        answers
    }
}
