//! Builds on other machines, by the Remote Execution API: what is run goes to a server's store, and what is made comes back as digests.
//!
//! Nothing outside of this room waits in another way than by calling a function: what is asynchronous ends at [`Remote`].

mod action;
mod api;
mod blob;
mod capabilities;
pub mod check;
mod client;
mod download;
mod execute;
mod link;
pub mod log;
pub mod miss;
pub mod netrc;
mod outputs;
mod script;
mod server;
mod tree;
mod unlike;
mod upload;
mod workers;

pub use blob::BlobId;
pub use client::Remote;
pub use outputs::{Output, Outputs};
pub use server::{Address, Server};
pub use upload::Sent;
pub use workers::Workers;
