//! Wire formats as pure functions of bytes: what a request asks for, how a body is edited without being
//! decoded, how a stream is cut into frames and watched, how errors and token counts read in each dialect.
//!
//! No I/O, no clock, no async runtime. See README.md.

mod continuation;
pub mod conversation;
mod count;
mod dialect;
mod drop;
mod fault;
mod form;
mod instruction;
mod json;
pub mod kiro;
mod leaves;
mod opening;
mod outputs;
mod passage;
mod peek;
mod provider_error;
mod rescue;
mod reseal;
mod splice;
mod sse;
mod tap;
mod transcode;
mod turn_faults;
mod turns;
mod usage;

pub use continuation::{Resume, continuation};
pub use conversation::{Conversation, Dropped, Needs};
pub use count::{count_request, read_count, write_count};
pub use dialect::{Dialect, UnknownDialect};
pub use drop::{change_members, drop_members};
pub use fault::{Fault, FaultKind};
pub use form::{form_boundary, peek_form};
pub use instruction::instruction;
pub use leaves::{Step, leaves, way_words};
pub use opening::opening;
pub use outputs::{ToolCall, ToolOutput, ToolOutputs, quote, tool_outputs, unquote};
pub use passage::Passage;
pub use peek::{Malformed, Peek, peek};
pub use provider_error::{ProviderError, read_error};
pub use rescue::Interrupted;
pub use reseal::reseal;
pub use splice::{Edit, Overlap, splice};
pub use sse::{FRAME_LIMIT, Frame, FrameTooLarge, Frames};
pub use tap::{Kind, Report, Seen, StreamTap, count_images, read_reply};
pub use transcode::{
    Asked, Encoded, Event, Finish, Form, Opening, ReasoningStyle, Reply, Target, Translation, decode, encode,
    read_whole, write_stream, write_whole,
};
pub use turns::{diagnose, guess_request};
pub use usage::Usage;
