//! Remote execution: against a real server, and against servers that are wrong.

mod build;
mod casd;
mod check;
mod client;
mod ddc;
mod fake;
#[path = "../support/mod.rs"]
mod support;
mod tls;
