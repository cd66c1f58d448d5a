//! Pretty-printed JSON, without the blanks between its values.

use crate::level::Level;
use crate::page::Page;

pub(crate) fn shorten(_page: &Page<'_>, _level: Level) -> Option<String> {
    None
}
