//! Programs of the Python packages in tests/requirements.txt, which `tests/venv` installs.

use std::path::{Path, PathBuf};

/// A program of target/venv, such as `python`. None, and said so, if it is not there; with `REPRO_REQUIRE_TOOLS=1` that is a failure.
pub fn venv(program: &str) -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(target)
        .join("venv/bin")
        .join(program);
    if path.is_file() {
        return Some(path);
    }
    let required = std::env::var_os("REPRO_REQUIRE_TOOLS").is_some_and(|v| v == "1");
    assert!(
        !required,
        "no {}, and REPRO_REQUIRE_TOOLS is set: run tests/venv",
        path.display()
    );
    println!("left out: no {}; tests/venv makes it", path.display());
    None
}
