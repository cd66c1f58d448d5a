//! The payload log, once a request is over: secrets are taken out of what was captured (`redact/`), and it is written
//! down beside the usage (`writer.rs`). What captures it is `gateway/capture.rs`, what keeps it `store/payloads.rs`.

pub mod redact;
pub mod writer;
