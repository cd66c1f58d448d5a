//! One file a page.

pub mod account_state;
pub mod accounts;
pub mod alerts;
pub mod aliases;
pub mod attempts;
pub mod combo_card;
pub mod combo_edit;
pub mod combos;
pub mod connect;
pub mod examples;
pub mod login;
pub mod missing;
pub mod overview;
pub mod provider;
pub mod providers;
pub mod quota;
pub mod request;
pub mod requests;
pub mod saver;
pub mod saver_ledger;
pub mod saver_preview;
pub mod settings;
pub mod sign_in;
pub mod sign_in_form;
pub mod tools;
pub mod translator;
