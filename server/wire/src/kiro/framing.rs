//! Frames for tests.

/// A frame with headers that are texts.
pub(super) fn frame(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let mut written = Vec::new();
    for (name, value) in headers {
        written.push(name.len() as u8);
        written.extend(name.as_bytes());
        written.push(7);
        written.extend((value.len() as u16).to_be_bytes());
        written.extend(value.as_bytes());
    }
    raw(&written, payload.as_bytes())
}

/// A frame of these parts, with its sums.
pub(super) fn raw(headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.extend((headers.len() as u32 + payload.len() as u32 + 16).to_be_bytes());
    frame.extend((headers.len() as u32).to_be_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(payload);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}

/// An event as Kiro sends it.
pub(super) fn event(name: &str, payload: &str) -> Vec<u8> {
    let headers = [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
    frame(&headers, payload)
}

/// An exception as Kiro sends it.
pub(super) fn exception(name: &str, payload: &str) -> Vec<u8> {
    let headers =
        [(":exception-type", name), (":content-type", "application/json"), (":message-type", "exception")];
    frame(&headers, payload)
}

/// Events one after another.
pub(super) fn events(all: &[(&str, &str)]) -> Vec<u8> {
    all.iter().flat_map(|(name, payload)| event(name, payload)).collect()
}
