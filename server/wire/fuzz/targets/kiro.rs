//! An AWS event stream, cut anywhere: the same bytes for a client however it is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::conversation::Names;
use wire::kiro::Relay;

fn told(chunks: &[&[u8]]) -> (Vec<u8>, bool) {
    let mut relay = Relay::new("0a", "model", "kiro", Names::default());
    let mut out = Vec::new();
    for chunk in chunks {
        out.extend_from_slice(&relay.push(chunk).unwrap_or_default());
    }
    let end = relay.finish();
    out.extend_from_slice(end.as_deref().unwrap_or_default());
    (out, end.is_ok())
}

fuzz_target!(|input: (u16, &[u8])| {
    let (cut, bytes) = input;
    let (one, two) = bytes.split_at(usize::from(cut) % (bytes.len() + 1));
    assert_eq!(told(&[bytes]), told(&[one, two]));
    wire::kiro::error(400, bytes);
});
