//! Which calls a conversation made so far, by id: results must answer one of them.

use crate::Malformed;
use crate::conversation::ToolKind;
use crate::json::tree::Path;
use std::borrow::Cow;
use std::collections::HashMap;

/// The calls decoded so far.
#[derive(Debug, Default)]
pub(crate) struct Calls<'a> {
    made: HashMap<Cow<'a, str>, (Cow<'a, str>, ToolKind)>,
}

impl<'a> Calls<'a> {
    /// Notes a call.
    pub(crate) fn note(&mut self, id: Cow<'a, str>, name: Cow<'a, str>, kind: ToolKind) {
        self.made.insert(id, (name, kind));
    }

    /// The name and kind of the call that `id`, found at `path`, answers.
    pub(crate) fn answered(&self, id: &str, path: &Path<'_>) -> Result<(Cow<'a, str>, ToolKind), Malformed> {
        let call = self.made.get(id).cloned();
        call.ok_or_else(|| path.fault(&format!("is {id:?}, but no tool call before it has this id")))
    }
}
