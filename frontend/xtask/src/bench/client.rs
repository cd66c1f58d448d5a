//! A client that costs next to nothing: one write a request, and replies recognised by how they end.

use super::provider::{AFTER_STAMP, FRAME_END, JSON_END, STAMP, STREAM_END, Script};
use crate::process::now;
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many requests went through the router so far.
pub(crate) static ROUTED: AtomicU64 = AtomicU64::new(0);

/// Where requests go: to the provider itself, or through the router.
#[derive(Clone)]
pub(crate) struct Route {
    /// Who listens.
    pub(crate) address: SocketAddr,
    /// What goes before a model's name.
    pub(crate) prefix: String,
    /// The caller key.
    pub(crate) key: String,
}

/// A connection that is kept, and one request that is sent over it again and again.
pub(crate) struct Connection {
    stream: TcpStream,
    script: Script,
    routed: bool,
    request: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
}

/// How a stream went.
pub(crate) struct Streamed {
    /// From sending the request to the first frame.
    pub(crate) first: Duration,
    /// From sending the request to the end.
    pub(crate) total: Duration,
    /// From the provider's sending of a frame to its arrival here, in nanoseconds.
    pub(crate) delays: Vec<u64>,
}

impl Connection {
    /// Connects and prepares the request.
    pub(crate) fn open(route: &Route, script: Script) -> Result<Self> {
        Self::with(route, script, "", &script.body(&route.prefix))
    }

    /// The same with a body of one's own, and headers, each with its line end.
    pub(crate) fn with(route: &Route, script: Script, headers: &str, body: &str) -> Result<Self> {
        let stream = TcpStream::connect(route.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
            route.address,
            route.key,
            body.len()
        );
        let request = request.into_bytes();
        let routed = !route.prefix.is_empty();
        Ok(Self { stream, script, routed, request, buffer: vec![0; 4 * 1024 * 1024], filled: 0 })
    }

    /// Where a text stands in the request.
    pub(crate) fn places(&self, text: &[u8]) -> Vec<usize> {
        let windows = self.request.windows(text.len()).enumerate();
        windows.filter(|(_, window)| *window == text).map(|(place, _)| place).collect()
    }

    /// Replaces bytes of the request.
    pub(crate) fn put(&mut self, place: usize, text: &[u8]) {
        self.request[place..place + text.len()].copy_from_slice(text);
    }

    /// One request that does not stream.
    pub(crate) fn ask(&mut self) -> Result<Duration> {
        self.filled = 0;
        let start = now();
        self.stream.write_all(&self.request)?;
        while !self.received().ends_with(JSON_END) {
            self.read()?;
        }
        let took = start.elapsed();
        self.check()?;
        Ok(took)
    }

    /// One request that streams.
    pub(crate) fn stream(&mut self, epoch: Instant) -> Result<Streamed> {
        self.filled = 0;
        let mut delays = Vec::with_capacity(self.script.frames());
        let mut first = None;
        let start = now();
        self.stream.write_all(&self.request)?;
        while !self.received().ends_with(STREAM_END) {
            self.read()?;
            if self.received().ends_with(FRAME_END) {
                let arrived = now();
                first.get_or_insert(arrived - start);
                if let Some(sent) = stamp(self.received()) {
                    let arrived = u64::try_from(arrived.duration_since(epoch).as_nanos()).unwrap_or(u64::MAX);
                    delays.push(arrived.saturating_sub(sent));
                }
            }
        }
        let total = start.elapsed();
        self.check()?;
        Ok(Streamed { first: first.unwrap_or(total), total, delays })
    }

    fn received(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    fn read(&mut self) -> Result<()> {
        let read = self.stream.read(&mut self.buffer[self.filled..]);
        match read.with_context(|| format!("the reply does not end: {}", self.excerpt()))? {
            0 => bail!("the connection was closed in the middle of a reply: {}", self.excerpt()),
            read => self.filled += read,
        }
        Ok(())
    }

    /// Comes after the clock was read: counting is not part of what is measured.
    fn check(&self) -> Result<()> {
        if self.routed {
            ROUTED.fetch_add(1, Ordering::Relaxed);
        }
        if !self.received().starts_with(b"HTTP/1.1 200") {
            bail!("the reply is not 200: {}", self.excerpt());
        }
        Ok(())
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.received()[..self.filled.min(600)]).into_owned()
    }
}

/// When the last frame was sent, if the text received so far ends with one that says so.
fn stamp(received: &[u8]) -> Option<u64> {
    let before = received.strip_suffix(AFTER_STAMP)?;
    let digits = before.get(before.len().checked_sub(STAMP)?..)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::provider;

    #[test]
    fn every_script_is_played_to_its_end() {
        let epoch = now();
        let route =
            Route { address: provider::start(epoch).unwrap(), prefix: String::new(), key: "none".to_owned() };
        let mut json = Connection::open(&route, Script::Json).unwrap();
        json.ask().unwrap();
        json.ask().unwrap();
        for script in [Script::First, Script::Paced, Script::Burst] {
            let mut connection = Connection::open(&route, script).unwrap();
            let streamed = connection.stream(epoch).unwrap();
            assert!(streamed.first <= streamed.total);
            let text = String::from_utf8_lossy(connection.received()).into_owned();
            assert_eq!(text.matches("\"content\"").count(), script.frames());
            connection.stream(epoch).unwrap();
        }
        let paced = Connection::open(&route, Script::Paced).unwrap().stream(epoch).unwrap();
        assert!(paced.delays.len() > 90, "{} frames had a readable stamp", paced.delays.len());
    }
}
