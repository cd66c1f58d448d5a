//! A client's body: looked into, decoded, encoded in every dialect. What is encoded is JSON that can be looked into.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{Dialect, Target, decode, encode, peek, reseal, splice};

fuzz_target!(|input: (u8, &[u8])| {
    let (which, body) = input;
    let from = Dialect::ALL[usize::from(which) % 5];
    let Ok(found) = peek(from, body) else { return };
    let bytes = bytes::Bytes::copy_from_slice(body);
    let mut edits = reseal(from, "vendor", true, body);
    edits.extend(found.model_edit("other"));
    drop(splice(&bytes, edits));
    let Ok(conversation) = decode(from, body, found.stream) else { return };
    for to in Dialect::ALL {
        let encoded = encode(to, &conversation, &Target::new("model", "vendor", true));
        assert!(peek(to, &encoded.body).is_ok(), "{from} to {to}: {}", String::from_utf8_lossy(&encoded.body));
    }
});
