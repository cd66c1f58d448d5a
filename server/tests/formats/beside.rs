//! beside
