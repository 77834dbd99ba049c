//! Remote execution: against a real server, and against servers that are wrong.

#![allow(
    clippy::disallowed_methods,
    reason = "servers are waited for, and what hangs must not hang the tests"
)]

mod build;
mod casd;
mod check;
mod client;
mod ddc;
mod fake;
mod rebuild;
#[path = "../support/mod.rs"]
mod support;
mod tls;
