//! The page that shows differences. It holds where in the files they lie, the findings by cause with their fixes, and the bytes of
//! both sides. Its script filters and copies; without it, all is there. What of a page is chosen stands in the address behind `#`, for
//! links: `#cause=archive-mtime,unexplained&verdict=proven&state=differs&in=data.tar&text=word`.

use super::{
    causes,
    colors::Colors,
    frame::Frame,
    room::{LeftOut, Rooms},
    tree,
};
use crate::model::{Finding, Layout, Place};
use std::io::{self, Write};

/// Characters of a line.
pub(in crate::report) const LINE: usize = 2000;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Of two artifacts, whose difference anybody may have made.
pub(in crate::report) const UNKNOWN: &str =
    "No known cause accounts for these bytes. Treat them as tampering until you know better.";

/// A page with the script that filters it; `body` escapes what is not its own.
pub(in crate::report) fn page(
    title: &str,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let frame = Frame {
        title,
        style: STYLE,
        script: SCRIPT,
    };
    frame.write(body, out)
}

/// What a comparison found: of a pair of its own, of one artifact of the gate, or of all artifacts that a variation changes.
pub(in crate::report) struct Sections<'r> {
    pub(in crate::report) layouts: Vec<&'r Layout>,
    pub(in crate::report) findings: &'r [Finding],
    pub(in crate::report) unexplained: &'r [Place],
    pub(in crate::report) unexplained_count: usize,
    /// What is said of the unexplained.
    pub(in crate::report) open: &'r str,
}

impl Sections<'_> {
    pub(in crate::report) fn write(
        &self,
        colors: &Colors,
        at: (&str, u8),
        rooms: &mut Rooms,
        left_out: &mut LeftOut,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for layout in &self.layouts {
            // What earlier artifacts left out is not this one's.
            let mut own = LeftOut::default();
            tree::write(layout, colors, at.1, &mut rooms.tree, &mut own, out)?;
            left_out.members += own.members;
        }
        // What is open comes first: it decides.
        causes::places(
            (self.unexplained, self.unexplained_count, self.open),
            at,
            &mut rooms.places,
            left_out,
            out,
        )?;
        causes::findings(self.findings, colors, at, &mut rooms.findings, left_out, out)
    }
}
