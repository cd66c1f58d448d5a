//! What turns are made of.

use super::Seal;
use std::borrow::Cow;

/// A piece of a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Block<'a> {
    /// Words.
    Text {
        /// The words.
        text: Cow<'a, str>,
        /// What Gemini seals text with.
        seal: Option<Seal<'a>>,
        /// A mark of the prompt cache: everything up to here is worth keeping.
        cache: Option<Cache>,
    },
    /// A picture, document, recording or film.
    Media(Media<'a>),
    /// What the model thought.
    Reasoning {
        /// In full or as a summary; empty where the vendor hides it.
        text: Cow<'a, str>,
        /// Proof that it is the vendor's own, without which the vendor does not take it back.
        seal: Option<Seal<'a>>,
        /// Whether the text is only a summary.
        summary: bool,
    },
    /// A refusal in place of an answer (OpenAI's `refusal`).
    Refusal(Cow<'a, str>),
    /// The model calls a tool.
    ToolCall(ToolCall<'a>),
    /// What the tool answered.
    ToolResult(ToolResult<'a>),
}

/// A picture, document, recording or film.
#[derive(Debug, Clone, PartialEq)]
pub struct Media<'a> {
    /// Which of these.
    pub kind: MediaKind,
    /// Where it is.
    pub source: Source<'a>,
    /// A file name or title.
    pub name: Option<Cow<'a, str>>,
    /// OpenAI's `detail` of a picture.
    pub detail: Option<Cow<'a, str>>,
    /// A mark of the prompt cache.
    pub cache: Option<Cache>,
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A document, such as a PDF.
    Document,
    /// A recording.
    Audio,
    /// A film.
    Video,
}

/// Where a medium is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source<'a> {
    /// Here, in base64.
    Base64 {
        /// `image/png`; OpenAI's `wav` and `mp3` of recordings become `audio/wav` and `audio/mpeg`.
        mime: Cow<'a, str>,
        /// Standard alphabet, with padding.
        data: Cow<'a, str>,
    },
    /// Plain text (Anthropic's text documents).
    Text(Cow<'a, str>),
    /// At an address the vendor fetches.
    Url {
        /// Its address.
        url: Cow<'a, str>,
        /// Its type, if stated.
        mime: Option<Cow<'a, str>>,
    },
    /// Uploaded to the vendor before: no other vendor has it.
    File {
        /// The vendor's id of it.
        id: Cow<'a, str>,
    },
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall<'a> {
    /// Ties the result to it. Never empty: decoders make one up (see [`super::call_id`]) where the dialect has none.
    pub id: Cow<'a, str>,
    /// The tool's name.
    pub name: Cow<'a, str>,
    /// For functions a JSON object as it was written; for custom tools the text itself, not JSON.
    pub input: Cow<'a, str>,
    /// Which of these.
    pub kind: ToolKind,
    /// What Gemini seals calls with.
    pub seal: Option<Seal<'a>>,
    /// A mark of the prompt cache.
    pub cache: Option<Cache>,
}

/// How a tool is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolKind {
    /// With JSON.
    Function,
    /// With free text.
    Custom,
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolResult<'a> {
    /// The call's id.
    pub call_id: Cow<'a, str>,
    /// The tool's name. Decoders look it up in the call: Gemini wants it again.
    pub name: Cow<'a, str>,
    /// Text and media.
    pub content: Vec<Block<'a>>,
    /// Whether the tool failed.
    pub is_error: bool,
    /// Whether it was a custom tool.
    pub kind: ToolKind,
    /// A mark of the prompt cache.
    pub cache: Option<Cache>,
}

/// A mark of the prompt cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// As long as the vendor keeps it without being told (Anthropic: 5 minutes).
    Default,
    /// An hour.
    Hour,
}

impl<'a> Block<'a> {
    /// Words without any mark.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text { text: text.into(), seal: None, cache: None }
    }

    /// The mark of the prompt cache.
    pub fn cache(&self) -> Option<Cache> {
        match self {
            Self::Text { cache, .. } => *cache,
            Self::Media(media) => media.cache,
            Self::ToolCall(call) => call.cache,
            Self::ToolResult(result) => result.cache,
            Self::Reasoning { .. } | Self::Refusal(_) => None,
        }
    }
}

impl ToolResult<'_> {
    /// Its text, pieces joined by line breaks.
    pub fn text(&self) -> Cow<'_, str> {
        let mut texts = self.content.iter().filter_map(|block| match block {
            Block::Text { text, .. } => Some(text.as_ref()),
            _ => None,
        });
        let first = texts.next().unwrap_or_default();
        let mut all = Cow::Borrowed(first);
        for text in texts {
            let all = all.to_mut();
            all.push('\n');
            all.push_str(text);
        }
        all
    }
}
