//! What takes its time, or real compilers, browsers and signing tools.

mod attest;
mod ddc;
mod ddc_chain;
mod ddc_real;
mod fixes;
mod html;
mod library;
mod pre_commit;
mod scaffold;
#[path = "../support/mod.rs"]
mod support;
