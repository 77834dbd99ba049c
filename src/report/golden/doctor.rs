//! A machine that lacks something.

use super::TOOL;
use crate::model::{DoctorLine, DoctorReport};

fn line(name: &str, found: Result<Option<&str>, &str>) -> DoctorLine {
    DoctorLine {
        name: name.to_owned(),
        available: found.is_ok(),
        backend: found.ok().flatten().map(str::to_owned),
        why: found.err().map(str::to_owned),
    }
}

pub(super) fn found() -> DoctorReport {
    let none = "there is no user namespace here: unprivileged_userns_clone is 0\nand this is not root";
    DoctorReport {
        schema_version: 1,
        tool: TOOL,
        means: vec![line("tracing", Ok(None)), line("user namespaces", Err(none))],
        variations: vec![
            line("time", Ok(Some("interposition"))),
            line("locale", Ok(Some("environment"))),
            line("hostname", Err("no user namespace")),
        ],
        digests: vec![line("SHA-256", Ok(Some("8 files at once (AVX2)")))],
    }
}
