//! A provider's whole reply or error: read, and written in every dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{Asked, Dialect, read_error, read_reply, read_whole, write_whole};

fuzz_target!(|input: (u8, &[u8])| {
    let (which, body) = input;
    let from = Dialect::ALL[usize::from(which) % 5];
    let _ = (read_error(body), read_reply(from, body));
    if let Ok(reply) = read_whole(from, body, "vendor") {
        for to in Dialect::ALL {
            let written = write_whole(to, &reply, &Asked::default());
            assert!(read_reply(to, &written).is_ok(), "{from} to {to}");
        }
    }
});
