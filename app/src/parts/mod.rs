//! What pages are made of: one way for each thing.

pub mod ambient;
pub mod arrange;
pub mod browser;
pub mod budget;
pub mod chart;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod figure;
pub mod filter;
pub mod form;
pub mod format;
pub mod frame;
pub mod icon;
pub mod live;
pub mod mark;
pub mod meter;
pub mod palette;
pub mod plan;
pub mod reader;
pub mod rows;
pub mod state;
pub mod stretches;
pub mod theme;
pub mod time;
pub mod waterfall;
