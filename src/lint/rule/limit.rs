//! Bounds on the work that one file may cost: sources are not trusted.

/// How many candidates of a rule are followed through one file, where each may look through the whole file.
pub const MOST: usize = 300;

/// How many times the code of a file of this length may be looked through for one rule.
pub fn steps(length: usize) -> usize {
    (50_000_000 / length.max(1)).clamp(50, 5_000)
}
