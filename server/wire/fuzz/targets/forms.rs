//! A form with files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{form_boundary, peek_form};

fuzz_target!(|input: (&str, &[u8])| {
    let (content_type, body) = input;
    let boundary = form_boundary(content_type).unwrap_or("xyz");
    if let Ok(found) = peek_form(boundary, body) {
        assert!(!found.model.is_empty());
    }
});
