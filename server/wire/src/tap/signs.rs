//! Signs that a document of status 200 is an error, common to all dialects.

use crate::json::{Cursor, Flaw, Shape};

#[derive(Debug, Default)]
pub(super) struct Signs {
    /// States an error as such.
    pub(super) error: bool,
    /// Has a member in which errors come, though not only they: an error if there is nothing else.
    pub(super) words: bool,
}

impl Signs {
    /// Reads the member of a document's top level that the dialect has no use for.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>, key: &[u8]) -> Result<(), Flaw> {
        match key {
            b"error" => self.error |= cursor.filled()?,
            b"errors" | b"detail" | b"msg" => self.words |= cursor.filled()?,
            b"message" => self.words |= cursor.text()?.is_some_and(|text| !text.is_empty()),
            b"object" => self.error |= cursor.text()?.as_deref() == Some("error"),
            b"success" => {
                self.words |= cursor.shape()? == Shape::False;
                cursor.skip()?;
            }
            // MiniMax: {"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}, 0 when all is well.
            b"base_resp" => {
                let mut failed = false;
                cursor.object(|cursor, key| {
                    if key == b"status_code" {
                        failed = cursor.count()?.is_some_and(|code| code != 0);
                        Ok(())
                    } else {
                        cursor.skip()
                    }
                })?;
                self.error |= failed;
            }
            _ => cursor.skip()?,
        }
        Ok(())
    }
}
