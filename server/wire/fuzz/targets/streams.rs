//! A provider's stream, cut anywhere: the same bytes for a client however it is cut.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use wire::{Asked, Dialect, Fault, FaultKind, Translation};

fn told(from: Dialect, to: Dialect, chunks: &[&[u8]]) -> Vec<u8> {
    let mut translation = Translation::new(from, "vendor", to, Asked::default());
    let mut out = Vec::new();
    for chunk in chunks {
        for seen in translation.push(Bytes::copy_from_slice(chunk)).unwrap_or_default() {
            out.extend_from_slice(&seen.raw);
        }
    }
    out.extend_from_slice(&translation.finish(&Fault::new(FaultKind::BadGateway, "cut")).0);
    out
}

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (which, cut, text) = input;
    let from = Dialect::ALL[usize::from(which) % 5];
    let to = Dialect::ALL[usize::from(which / 5) % 5];
    let (one, two) = text.split_at(usize::from(cut) % (text.len() + 1));
    assert_eq!(told(from, to, &[text]), told(from, to, &[one, two]));
});
