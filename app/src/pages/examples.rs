//! What can be tried without pasting anything: a part of the Translator page. All of it is made up.

/// A text to translate.
pub struct Example {
    /// In the address of the page.
    pub id: &'static str,
    /// What it is.
    pub name: &'static str,
    /// What it shows.
    pub words: &'static str,
    /// The dialect that it shows this in.
    pub to: &'static str,
    /// The text.
    pub text: &'static str,
}

/// Every example: requests, then recorded streams.
pub const EXAMPLES: [Example; 6] = [
    Example {
        id: "messages-request",
        name: "Messages request",
        words: "As Claude Code sends it: thinking, tools, marks of the prompt cache.",
        to: "chat",
        text: include_str!("../examples/messages_request.json"),
    },
    Example {
        id: "responses-request",
        name: "Responses request",
        words: "As Codex sends it: reasoning items, a call, a tool that takes free text.",
        to: "messages",
        text: include_str!("../examples/responses_request.json"),
    },
    Example {
        id: "chat-request",
        name: "Chat request",
        words: "Two tools called at once, and their results.",
        to: "gemini",
        text: include_str!("../examples/chat_request.json"),
    },
    Example {
        id: "gemini-request",
        name: "Gemini request",
        words: "A call with a thought signature.",
        to: "messages",
        text: include_str!("../examples/gemini_request.json"),
    },
    Example {
        id: "chat-stream",
        name: "Chat stream",
        words: "The arguments of a call in pieces.",
        to: "messages",
        text: include_str!("../examples/chat_stream.sse"),
    },
    Example {
        id: "messages-stream",
        name: "Messages stream",
        words: "Thinking with its signature, then the answer.",
        to: "responses",
        text: include_str!("../examples/messages_stream.sse"),
    },
];
