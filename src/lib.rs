//! `repro` answers four questions about a build, from bytes and from experiment: is it the same,
//! why is it not, what in the environment makes it so, and can its toolchain be trusted.
//!
//! This is the library; the command line (`src/cli`) is part of the binary only, so whatever it does a program of yours can do.
//!
//! # Why do two files differ?
//!
//! ```
//! use repro::{bytes::Error, diff::{Input, Options, diff}};
//! use std::path::Path;
//!
//! fn main() -> Result<(), Error> {
//! #   let folder = tempfile::tempdir().unwrap();
//! #   for (name, time) in [("a.gz", 1), ("b.gz", 2)] {
//! #       let file = std::fs::File::create(folder.path().join(name)).unwrap();
//! #       let mut gzip = flate2::GzBuilder::new().mtime(time).write(file, flate2::Compression::new(6));
//! #       std::io::Write::write_all(&mut gzip, b"content").unwrap();
//! #       gzip.finish().unwrap();
//! #   }
//! #   let folder = folder.path();
//!     let open = |name: &str| {
//!         let path = folder.join(name);
//!         Input::open(&path).map_err(|error| Error::at(&path, &error))
//!     };
//!     let report = diff(&open("a.gz")?, &open("b.gz")?, &Options::default());
//!     println!("{:?}", report.verdict);
//!     for finding in &report.findings {
//!         println!("{} at {}: {}", finding.cause, finding.address, finding.fix);
//!     }
//! #   assert_eq!(report.verdict, repro::model::Verdict::Explained);
//! #   assert_eq!(report.findings[0].cause, "gzip-mtime");
//!     Ok(())
//! }
//! ```
//!
//! # Is what this repository builds what is locked?
//!
//! A build makes each run in a process of its own: it starts the program again. So a program that builds calls [`rebuild::hook()`] first in
//! `main`, or names the program `repro` instead ([`rebuild::Build::program`]). What to build, how, and what is accepted is read from
//! `repro.toml` ([`settings`]).
//!
//! ```standalone_crate
//! use repro::{bytes::Error, policy::gate, rebuild, settings::{GateOptions, Repository}};
//! use std::path::Path;
//!
//! fn main() -> Result<(), Error> {
//!     rebuild::hook();
//! #   let folder = tempfile::tempdir().unwrap();
//! #   let (root, made) = (folder.path(), vec!["made".to_owned()]);
//! #   let toml = "[build]\ncommand = 'echo 1 >made'\nartifacts = ['made']\n";
//! #   std::fs::write(root.join("repro.toml"), toml).unwrap();
//! #   std::fs::write(root.join("made"), "1\n").unwrap();
//! #   let mut lock = repro::policy::lock::Lock::default();
//! #   lock.update(&repro::policy::hash(root, &made)?, None, None, &|_| true)?;
//! #   std::fs::write(root.join("repro.lock"), lock.text()).unwrap();
//! #   std::fs::remove_file(root.join("made")).unwrap();
//! #   std::env::set_current_dir(root).unwrap();
//!     let repository = Repository::read(Path::new("."))?;
//!     let locked = repository.locked(None)?;
//!     let mut options = GateOptions::default();
//!     options.vary = Some(vec![rebuild::ALL.to_owned()]);
//!     let asked = repository.gate(locked, options, &|run| eprintln!("run {}", run.run))?;
//!     let report = gate::gate(asked)?;
//!     println!("{:?}: {}", report.verdict, report.summary);
//!     for artifact in &report.artifacts {
//!         println!("{}: {}", artifact.path, artifact.why);
//!     }
//! #   assert_eq!(report.verdict, repro::model::GateVerdict::Pass);
//!     Ok(())
//! }
//! ```
//!
//! # What goes wrong
//!
//! A [`bytes::Error`] says of which [kind](bytes::Kind) it is, which file and line it is about, and what it came from
//! ([`source()`](std::error::Error::source)).

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::panic))]

#[cfg(feature = "trust")]
pub mod attest;
pub mod batch;
pub mod bytes;
pub mod cause;
pub mod compare;
#[cfg(feature = "ddc")]
pub mod ddc;
pub mod diff;
pub mod format;
#[cfg(feature = "history")]
pub mod history;
#[cfg(feature = "lint")]
pub mod lint;
pub mod manifest;
pub mod model;
pub mod notation;
#[cfg(feature = "build")]
pub mod policy;
#[cfg(feature = "build")]
pub mod published;
#[cfg(feature = "build")]
pub mod rebuild;
pub mod record;
#[cfg(feature = "remote")]
pub mod remote;
pub mod report;
pub mod schemas;
#[cfg(feature = "settings")]
pub mod settings;
