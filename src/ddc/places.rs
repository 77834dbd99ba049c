//! Where a stage sees what it is given.

/// Where a stage puts what it makes.
pub const OUT: &str = "/build/out";
/// Where a stage sees what the stage before has made.
pub const PREV: &str = "/build/prev";
/// Where a stage sees the spec's folder.
pub const SPEC: &str = "/build/spec";
/// Where a program is run, to see how it behaves.
pub const RUN: &str = "/build/run";
