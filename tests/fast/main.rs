//! Formats, causes, laws, the commands, and what the house has said of itself.

mod archives;
mod ci;
mod cli;
mod corpus;
mod day;
mod determinism;
mod docs;
mod elf;
mod folders;
mod formats;
mod gate;
mod help;
mod history;
mod hostile;
mod images;
mod laws;
mod layers;
mod library;
mod lint;
mod manifest;
mod pages;
mod pe_macho;
mod pipes;
mod png_pyc;
mod records;
mod registry;
mod reports;
mod settings;
mod static_link;
#[path = "../support/mod.rs"]
mod support;
mod terminal;
mod tidy;
mod toy;
mod trace;
mod wrappers;
