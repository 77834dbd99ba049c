//! One static binary: it asks for no interpreter and no shared library.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

use goblin::elf::{Elf, program_header::PT_INTERP};

#[test]
fn the_binary_needs_no_shared_library() {
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_repro")).unwrap();
    let elf = Elf::parse(&bytes).unwrap();
    assert!(
        elf.program_headers.iter().all(|header| header.p_type != PT_INTERP),
        "asks for {:?}",
        elf.interpreter
    );
    assert!(elf.libraries.is_empty(), "needs {:?}", elf.libraries);
}
