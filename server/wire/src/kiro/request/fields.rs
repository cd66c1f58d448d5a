//! `additionalModelRequestFields`: how much to reason and to say. Each model has its own, and refuses any other; Kiro's
//! list of models gives their schema. Seen of Claude (August 2026): `thinking.type` (`adaptive`, `disabled`) and
//! `thinking.display` (`summarized`, `omitted`), `output_config.effort` and `max_tokens`; of GPT: `reasoning.effort`.

use super::Encoder;
use crate::conversation::Effort;
use crate::json::tree::{Node, Object, Path, Value};
use crate::json::write::Writer;

/// What a model takes.
#[derive(Debug, Default)]
struct Taken {
    /// The member that holds `effort`, and its levels.
    effort: Option<(&'static str, Vec<String>)>,
    thinking: Vec<String>,
    display: Vec<String>,
    /// The least and the most that `max_tokens` may be.
    limit: Option<(u64, u64)>,
}

/// What is sent.
#[derive(Debug, Default)]
struct Sent {
    effort: Option<(&'static str, &'static str)>,
    thinking: Option<&'static str>,
    display: Option<&'static str>,
    limit: Option<u64>,
}

const LEVELS: [Effort; 7] =
    [Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High, Effort::XHigh, Effort::Max];

impl Encoder<'_> {
    /// The object, where there is something to say in it.
    pub(super) fn fields(&mut self) -> Option<String> {
        let taken = self.target.fields.map(Taken::read).unwrap_or_default();
        let mut sent = Sent::default();
        self.reason(&taken, &mut sent);
        if let Some(wanted) = self.conversation.max_output {
            match taken.limit {
                None => self.losses.one("max_output", "the model takes no limit of output from Kiro"),
                Some((least, most)) => {
                    let limit = wanted.min(most).max(least);
                    if limit != wanted {
                        self.losses
                            .one("max_output", &format!("became {limit}, the nearest that the model takes"));
                    }
                    sent.limit = Some(limit);
                }
            }
        }
        sent.write()
    }

    fn reason(&mut self, taken: &Taken, sent: &mut Sent) {
        let Some(reasoning) = self.conversation.reasoning else { return };
        let has = |list: &[String], word: &str| list.iter().any(|known| known == word);
        if taken.effort.is_none() && taken.thinking.is_empty() {
            self.losses.one("reasoning", "the model cannot be asked to reason through Kiro");
            return;
        }
        if reasoning.off() && has(&taken.thinking, "disabled") {
            sent.thinking = Some("disabled");
            return;
        }
        if has(&taken.thinking, "adaptive") {
            sent.thinking = Some("adaptive");
        }
        let display = match reasoning.shown {
            Some(true) => Some("summarized"),
            Some(false) => Some("omitted"),
            None => None,
        };
        if let Some(word) = display {
            if has(&taken.display, word) {
                sent.display = Some(word);
            } else {
                self.losses.one("reasoning.shown", "the model decides by itself what it shows");
            }
        }
        let Some(wanted) = reasoning.level() else { return };
        let Some((member, levels)) = &taken.effort else {
            self.losses.one("reasoning.effort", "the model takes no level");
            return;
        };
        let distance = |level: Effort| (level as i8).abs_diff(wanted as i8);
        let near = LEVELS.into_iter().filter(|level| has(levels, level.as_str()));
        let Some(level) = near.min_by_key(|level| (distance(*level), *level < wanted)) else {
            self.losses.one("reasoning.effort", "the model knows none of the levels that are known here");
            return;
        };
        if reasoning.budget.is_some_and(|budget| budget > 0) {
            self.losses.one("reasoning.budget", "Kiro is asked by level, and the nearest was chosen");
        } else if level != wanted {
            self.losses.one("reasoning.effort", "the model has no such level, and the nearest was chosen");
        }
        sent.effort = Some((member, level.as_str()));
    }
}

impl Taken {
    fn read(schema: &str) -> Self {
        let mut taken = Self::default();
        let Ok(Node { value: Value::Object(root), .. }) = Node::parse(schema) else { return taken };
        for member in ["output_config", "reasoning"] {
            let levels = property(&root, member).and_then(|member| property(member, "effort")).map(words);
            if let Some(levels) = levels.filter(|levels| !levels.is_empty() && taken.effort.is_none()) {
                taken.effort = Some((member, levels));
            }
        }
        if let Some(thinking) = property(&root, "thinking") {
            taken.thinking = property(thinking, "type").map(words).unwrap_or_default();
            taken.display = property(thinking, "display").map(words).unwrap_or_default();
        }
        if let Some(limit) = property(&root, "max_tokens") {
            let bound = |key: &str| limit.get(key).and_then(|node| node.count(&Path::Root).ok());
            let least = bound("minimum").unwrap_or(1);
            taken.limit = Some((least, bound("maximum").unwrap_or(u64::MAX).max(least)));
        }
        taken
    }
}

impl Sent {
    fn write(&self) -> Option<String> {
        let Self { effort, thinking, display, limit } = self;
        if effort.is_none() && thinking.is_none() && display.is_none() && limit.is_none() {
            return None;
        }
        let text = Writer::object(96, |out| {
            if thinking.is_some() || display.is_some() {
                out.object("thinking", |out| {
                    out.maybe_text("type", *thinking);
                    out.maybe_text("display", *display);
                });
            }
            if let Some((member, level)) = effort {
                out.object(member, |out| out.text("effort", level));
            }
            if let Some(limit) = limit {
                out.count("max_tokens", *limit);
            }
        });
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}

/// The schema of a member.
fn property<'s>(schema: &'s Object<'_>, name: &str) -> Option<&'s Object<'s>> {
    let Some(Node { value: Value::Object(properties), .. }) = schema.get("properties") else { return None };
    match properties.get(name) {
        Some(Node { value: Value::Object(schema), .. }) => Some(schema),
        _ => None,
    }
}

/// The words that a member may be.
fn words(schema: &Object<'_>) -> Vec<String> {
    let listed = match schema.get("enum").map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let single = schema.get("const").and_then(Node::as_text);
    listed.iter().filter_map(Node::as_text).chain(single).map(str::to_owned).collect()
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
