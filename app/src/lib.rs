//! Every dashboard page and the contract pages have with the server. See README.md.

pub mod api;
