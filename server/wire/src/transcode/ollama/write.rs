//! A reply for a client: a line for each piece, and a last one with the reason and the counts.
//!
//! | `Finish` | `done_reason` |
//! |---|---|
//! | `Stop`, `StopSequence`, `ToolCalls`, `Refused`, `Paused` | `stop` |
//! | `Length`, `Window` | `length` |
//! | `Filtered` | `content_filter`: Ollama has no word for it, and `stop` would make a cut answer look whole |
//! | `Other` | its own word |
//!
//! Calls go out whole, as Ollama's do. A call whose input is no JSON object cannot go out at all: at the limit of output
//! it is left out, as the finish says why; otherwise the reply is an error.

use crate::conversation::{Block, Media, Names, Source, ToolKind};
use crate::json::tree::{Node, Value};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::transcode::reply::arguments;
use crate::transcode::{Opening, Write};
use crate::usage::write_ollama;
use crate::{Asked, Event, Finish, ProviderError, Reply, Usage};

/// Encodes a stream.
pub(crate) struct Writer {
    asked: Asked,
    made: String,
    usage: Option<Usage>,
    open: Open,
    calls: u64,
    /// The name of a call that could not go out.
    broken: Option<String>,
    over: bool,
}

/// The open block.
enum Open {
    /// None, or one that was whole at once.
    Nothing,
    Text,
    Reasoning,
    Call {
        id: String,
        name: String,
        kind: ToolKind,
        input: String,
    },
}

/// A call that can go out.
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Writer {
    /// For the client that asked so.
    pub(crate) fn new(asked: Asked) -> Self {
        let made = time(asked.at);
        Self { asked, made, usage: None, open: Open::Nothing, calls: 0, broken: None, over: false }
    }

    /// One line that is not the last.
    fn line(&self, out: &mut Vec<u8>, message: impl FnOnce(&mut ObjectWriter<'_>)) {
        Json::append(out, |line| {
            line.text("model", &self.asked.model);
            line.text("created_at", &self.made);
            line.object("message", |object| {
                object.text("role", "assistant");
                message(object);
            });
            line.bool("done", false);
        });
        out.push(b'\n');
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        let Open::Call { id, name, kind, input } = std::mem::replace(&mut self.open, Open::Nothing) else {
            return;
        };
        let name = self.asked.names.own(&name).to_owned();
        match call(id, name, kind, &input) {
            Ok(call) => {
                self.line(out, |message| {
                    message.text("content", "");
                    message.list("tool_calls", |calls| {
                        calls.object(|item| call.write(self.calls, item));
                    });
                });
                self.calls += 1;
            }
            Err(name) => self.broken = Some(name),
        }
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        if let Some(name) = self.broken.take().filter(|_| !cut(finish)) {
            return error(&broken(&name), out);
        }
        Json::append(out, |line| {
            line.text("model", &self.asked.model);
            line.text("created_at", &self.made);
            line.object("message", |message| {
                message.text("role", "assistant");
                message.text("content", "");
            });
            end(finish, self.usage, line);
        });
        out.push(b'\n');
    }
}

impl Write for Writer {
    fn rename(&mut self, names: Names) {
        self.asked.names = names;
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if self.over {
            return;
        }
        match event {
            Event::Start { usage, .. } => self.usage = *usage,
            Event::Open(opening) => match opening {
                Opening::Text | Opening::Refusal => self.open = Open::Text,
                Opening::Reasoning { .. } => self.open = Open::Reasoning,
                Opening::ToolCall { id, name, kind } => {
                    let (id, name) = (id.clone(), name.clone());
                    self.open = Open::Call { id, name, kind: *kind, input: String::new() };
                }
                Opening::Media(media) => {
                    if let Some(data) = data(media) {
                        self.line(out, |message| {
                            message.text("content", "");
                            message.list("images", |images| images.text(data));
                        });
                    }
                }
            },
            Event::Piece(piece) => match &mut self.open {
                Open::Text => self.line(out, |message| message.text("content", piece)),
                Open::Reasoning => self.line(out, |message| {
                    message.text("content", "");
                    message.text("thinking", piece);
                }),
                Open::Call { input, .. } => input.push_str(piece),
                Open::Nothing => {}
            },
            // This dialect has no field that a client gives back unread.
            Event::Seal(_) => {}
            Event::Close => self.close(out),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(finish) => {
                self.over = true;
                self.finish(finish, out);
            }
            Event::Error(failure) => {
                self.over = true;
                error(failure, out);
            }
        }
    }
}

/// Encodes a whole reply.
pub(crate) fn write_whole(reply: &Reply, asked: &Asked) -> Vec<u8> {
    let (mut text, mut thinking) = (String::new(), String::new());
    let (mut images, mut calls) = (Vec::new(), Vec::new());
    for block in &reply.blocks {
        match block {
            Block::Text { text: words, .. } | Block::Refusal(words) => text.push_str(words),
            Block::Reasoning { text: words, .. } => thinking.push_str(words),
            Block::Media(media) => images.extend(data(media)),
            Block::ToolCall(made) => {
                let name = asked.names.own(&made.name).to_owned();
                match call(made.id.to_string(), name, made.kind, &made.input) {
                    Ok(call) => calls.push(call),
                    Err(_) if cut(&reply.finish) => {}
                    Err(name) => {
                        let mut out = Vec::new();
                        error(&broken(&name), &mut out);
                        return out;
                    }
                }
            }
            // Only a request has results.
            Block::ToolResult(_) => {}
        }
    }
    Json::object(text.len() + thinking.len() + 512, |body| {
        body.text("model", &asked.model);
        body.text("created_at", &time(asked.at));
        body.object("message", |message| {
            message.text("role", "assistant");
            message.text("content", &text);
            if !thinking.is_empty() {
                message.text("thinking", &thinking);
            }
            if !images.is_empty() {
                message.list("images", |list| images.iter().for_each(|image| list.text(image)));
            }
            if !calls.is_empty() {
                message.list("tool_calls", |list| {
                    for (index, call) in calls.iter().enumerate() {
                        list.object(|item| call.write(index as u64, item));
                    }
                });
            }
        });
        end(&reply.finish, reply.usage, body);
    })
}

/// The members of the last document.
fn end(finish: &Finish, usage: Option<Usage>, out: &mut ObjectWriter<'_>) {
    out.bool("done", true);
    out.text(
        "done_reason",
        match finish {
            Finish::Stop | Finish::StopSequence(_) | Finish::ToolCalls | Finish::Refused | Finish::Paused => {
                "stop"
            }
            Finish::Length | Finish::Window => "length",
            Finish::Filtered => "content_filter",
            Finish::Other(word) => word,
        },
    );
    write_ollama(usage.unwrap_or_default(), out);
}

/// Ollama's clients read `error` only; the rest is for people who look.
fn error(error: &ProviderError, out: &mut Vec<u8>) {
    Json::append(out, |line| {
        line.text("error", &error.message);
        for (key, word) in [("code", &error.code), ("type", &error.kind)] {
            if !word.is_empty() {
                line.text(key, word);
            }
        }
        if let Some(status) = error.status {
            line.count("status", status.into());
        }
    });
    out.push(b'\n');
}

/// Whether a last call may be cut.
fn cut(finish: &Finish) -> bool {
    matches!(finish, Finish::Length | Finish::Window | Finish::Filtered)
}

fn broken(name: &str) -> ProviderError {
    ProviderError {
        message: format!("The model called the tool {name:?} with arguments that are no JSON object."),
        kind: "unreadable_tool_call".to_owned(),
        ..ProviderError::default()
    }
}

/// A call, or its name if its input is no JSON object.
fn call(id: String, name: String, kind: ToolKind, input: &str) -> Result<Call, String> {
    let arguments = match kind {
        ToolKind::Function => arguments(input, kind).into_owned(),
        ToolKind::Custom => {
            let input = Json::object(input.len() + 16, |object| object.text("input", input));
            String::from_utf8_lossy(&input).into_owned()
        }
    };
    let object = matches!(Node::parse(&arguments), Ok(Node { value: Value::Object(_), .. }));
    if object { Ok(Call { id, name, arguments }) } else { Err(name) }
}

impl Call {
    fn write(&self, index: u64, item: &mut ObjectWriter<'_>) {
        item.text("id", &self.id);
        item.object("function", |function| {
            function.count("index", index);
            function.text("name", &self.name);
            // A line feed inside would end the line.
            function.raw("arguments", &one_line(&self.arguments));
        });
    }
}

/// JSON without line breaks: inside strings they are escaped, so what remains is white space.
fn one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}

fn data<'m>(media: &'m Media<'_>) -> Option<&'m str> {
    match &media.source {
        Source::Base64 { data, .. } => Some(data),
        _ => None,
    }
}

/// Unix seconds as RFC 3339.
fn time(at: i64) -> String {
    let (day, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    // Days to a date, in 400-year eras that begin on 1 March (Howard Hinnant, "chrono-compatible date algorithms").
    let day = day + 719_468;
    let (era, day_of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
