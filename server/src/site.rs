//! The site's files: embedded in a release build, read from disk while developing.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::io::Read;

/// wasm, its glue, stylesheets, icons. `cargo xtask build` fills the folder.
#[derive(RustEmbed)]
#[folder = "$NINEROUTER_SITE"]
#[allow_missing = true]
struct Site;

/// What the build may have left beside a file, or in its place, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// One file. The browser may keep it but asks each time whether it is still the same.
pub(crate) async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let compressed = ENCODINGS
        .iter()
        .filter(|(name, _)| accepted.contains(name))
        .find_map(|(name, suffix)| Some((Site::get(&format!("{path}{suffix}"))?, Some(*name))));
    match compressed.or_else(|| Some((plain(path)?, None))) {
        Some((file, encoding)) => found(path, file, encoding, &headers),
        None => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    }
}

/// A file for whoever takes none of the encodings.
fn plain(path: &str) -> Option<EmbeddedFile> {
    Site::get(path).or_else(|| {
        let packed = Site::get(&format!("{path}.gz"))?;
        let data = unpacked(&packed.data)?;
        Some(EmbeddedFile { data: data.into(), metadata: packed.metadata })
    })
}

fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn found(path: &str, file: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let unchanged = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(file.data) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(ETAG, tag);
    }
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    #[test]
    fn what_was_packed_is_unpacked_and_nothing_else() {
        let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(b"body { color: red }").unwrap();
        assert_eq!(unpacked(&packer.finish().unwrap()).unwrap(), b"body { color: red }");
        assert_eq!(unpacked(b"no gzip"), None);
    }
}
