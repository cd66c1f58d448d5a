//! Compressed bodies, as vendors and the networks before them send them.

use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use zstd::stream::write::Encoder as ZstdEncoder;

/// Everything under one coding (`gzip`, `br` or `zstd`): a chunk for each part, which can be read as soon as it is
/// there, and one for the end. Writing to memory does not fail.
pub(super) fn packed(coding: &str, parts: &[String]) -> Vec<Vec<u8>> {
    match coding {
        "gzip" => {
            let encoder = GzEncoder::new(Vec::new(), Compression::default());
            pack(encoder, parts, GzEncoder::get_mut, |encoder| encoder.finish().unwrap_or_default())
        }
        "br" => {
            let encoder = CompressorWriter::new(Vec::new(), 4096, 5, 22);
            pack(encoder, parts, CompressorWriter::get_mut, CompressorWriter::into_inner)
        }
        _ => match ZstdEncoder::new(Vec::new(), 3) {
            Ok(encoder) => {
                pack(encoder, parts, ZstdEncoder::get_mut, |encoder| encoder.finish().unwrap_or_default())
            }
            Err(_) => Vec::new(),
        },
    }
}

fn pack<E: Write>(
    mut encoder: E,
    parts: &[String],
    written: impl Fn(&mut E) -> &mut Vec<u8>,
    end: impl FnOnce(E) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    for part in parts {
        let _ = encoder.write_all(part.as_bytes()).and_then(|()| encoder.flush());
        chunks.push(std::mem::take(written(&mut encoder)));
    }
    chunks.push(end(encoder));
    chunks
}
