//! Builds in namespaces, and what must not be left of them.

mod build_cli;
mod build_end;
mod clock;
mod cost;
mod escape;
mod failures;
mod presets;
mod published;
mod rebuild;
mod record;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod variations;
