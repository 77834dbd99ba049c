//! JSON Schemas (draft 2020-12) of all that is written as JSON, one file an output.

/// Of `repro build --format json`.
pub const BUILD: &str = include_str!("build.json");
/// Of `repro check --format json`.
pub const CHECK: &str = include_str!("check.json");
/// Of `repro ddc --format json`.
pub const DDC: &str = include_str!("ddc.json");
/// Of `repro diff --format json`.
pub const DIFF: &str = include_str!("diff.json");
/// Of `repro gate --format json`.
pub const GATE: &str = include_str!("gate.json");
/// Of `repro history --format json`.
pub const HISTORY: &str = include_str!("history.json");
/// Of `repro lint --format json`.
pub const LINT: &str = include_str!("lint.json");
/// Of a line of `repro diff --pairs`, and of all else that does the items of a list.
pub const LINES: &str = include_str!("lines.json");
/// Of `repro merge --format json`.
pub const MERGE: &str = include_str!("merge.json");
/// Of `repro hash --format json`.
pub const MANIFEST: &str = include_str!("manifest.json");
/// Of `repro rebuild --format json`.
pub const REBUILD: &str = include_str!("rebuild.json");
/// Of `repro build --record FILE`.
pub const RECORD: &str = include_str!("record.json");
/// Of `repro remote-check --format json`.
pub const REMOTE_CHECK: &str = include_str!("remote-check.json");
/// Of the statement inside an envelope of `repro attest`.
pub const STATEMENT: &str = include_str!("statement.json");
/// Of `repro verify --format json`.
pub const VERIFY: &str = include_str!("verify.json");
