//! A provider that answers by script, in threads of this process.
//!
//! It speaks just enough HTTP/1.1 to keep connections alive, and looks at as little of a request as it can:
//! what it costs is part of both sides of every comparison, but takes time from the router under test.

use crate::process::now;
use anyhow::Result;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// What is asked for: the model's name, and the last member of the body (`"user"`), by which a whole request
/// is recognised without parsing it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// A small JSON reply.
    Json,
    /// A short stream; the first frame comes at once.
    First,
    /// A stream whose frames come one by one and say when they were sent.
    Paced,
    /// A long stream as fast as it goes.
    Burst,
}

impl Script {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Json, Self::First, Self::Paced, Self::Burst];

    /// The model to ask for.
    pub(crate) fn model(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::First => "first",
            Self::Paced => "paced",
            Self::Burst => "burst",
        }
    }

    /// How many frames with text its stream has.
    pub(crate) fn frames(self) -> usize {
        match self {
            Self::Json => 0,
            Self::First => 3,
            Self::Paced => 100,
            Self::Burst => 5_000,
        }
    }

    fn pause(self) -> Duration {
        match self {
            Self::Json | Self::Burst => Duration::ZERO,
            Self::First | Self::Paced => Duration::from_millis(2),
        }
    }

    /// The body of a request: about a kilobyte.
    pub(crate) fn body(self, prefix: &str) -> String {
        let text = "Explain what this function does and where it could fail. ".repeat(14);
        let streaming = match self {
            Self::Json => "\"stream\":false",
            _ => "\"stream\":true,\"stream_options\":{\"include_usage\":true}",
        };
        format!(
            "{{\"model\":\"{prefix}{}\",{streaming},\"messages\":[{{\"role\":\"user\",\"content\":\"{text}\"}}]{}",
            self.model(),
            self.tail()
        )
    }

    fn tail(self) -> &'static str {
        match self {
            Self::Json => ",\"user\":\"json\"}",
            Self::First => ",\"user\":\"first\"}",
            Self::Paced => ",\"user\":\"paced\"}",
            Self::Burst => ",\"user\":\"burst\"}",
        }
    }

    fn of(request: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|script| request.ends_with(script.tail().as_bytes()))
    }
}

/// Ends the reply of [`Script::Json`].
pub(crate) const JSON_END: &[u8] = b"\"bench-end\"}";
/// Ends a frame in a chunk of its own.
pub(crate) const FRAME_END: &[u8] = b"\n\n\r\n";
/// Ends a stream.
pub(crate) const STREAM_END: &[u8] = b"\r\n0\r\n\r\n";
/// How many digits a frame's time of sending has.
pub(crate) const STAMP: usize = 20;
/// What stands between these digits and the end of the frame.
pub(crate) const AFTER_STAMP: &[u8] = b"\"}}]}\n\n\r\n";

/// Starts listening; the threads live as long as the process.
pub(crate) fn start(epoch: Instant) -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks is the client's to notice.
            std::thread::spawn(move || drop(serve(stream, epoch)));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream, epoch: Instant) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let body = concat!(
        "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"json\",",
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"It adds two numbers.\"},",
        "\"finish_reason\":\"stop\"}],",
        "\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":6,\"total_tokens\":126},",
        "\"system_fingerprint\":\"bench-end\"}"
    );
    let json = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut buffer = vec![0_u8; 1024 * 1024];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        let Some(script) = Script::of(&buffer[..filled]) else {
            if filled == buffer.len() {
                return Err(io::Error::other("a request without a script"));
            }
            continue;
        };
        filled = 0;
        match script {
            Script::Json => stream.write_all(json.as_bytes())?,
            _ => play(&mut stream, script, epoch)?,
        }
    }
}

/// Sends a stream, every frame in a chunk and a write of its own.
fn play(stream: &mut TcpStream, script: Script, epoch: Instant) -> io::Result<()> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    for number in 0..script.frames() {
        if number > 0 && !script.pause().is_zero() {
            std::thread::sleep(script.pause());
        }
        let frame = format!(
            "data: {{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"{}\",\
             \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{:0width$}\"}}}}]}}\n\n",
            script.model(),
            now().duration_since(epoch).as_nanos(),
            width = STAMP,
        );
        chunk(&mut out, &frame);
        stream.write_all(&out)?;
        out.clear();
    }
    chunk(
        &mut out,
        "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\
         \"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    );
    chunk(
        &mut out,
        "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\
         \"choices\":[],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":100,\"total_tokens\":220}}\n\n",
    );
    chunk(&mut out, "data: [DONE]\n\n");
    out.extend_from_slice(b"0\r\n\r\n");
    stream.write_all(&out)
}

fn chunk(out: &mut Vec<u8>, frame: &str) {
    out.extend_from_slice(format!("{:x}\r\n{frame}\r\n", frame.len()).as_bytes());
}
