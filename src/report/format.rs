//! How a report is written.

/// What to print, and how.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// With ANSI colours.
    pub color: bool,
    /// Every finding and place, with its address.
    pub verbose: bool,
}
