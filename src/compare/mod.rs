//! Aligns two artifacts, skips what is equal, and collects what differs as a tree that can be proved.

mod align;
mod binary;
mod descend;
mod entry;
mod hunks;
mod kin;
mod leaf;
mod listed;
mod member;
mod moved;
mod places;
mod proof;
mod rights;
mod sketch;
mod suffix;
mod text;
mod tokens;
mod tree;
mod unit;
mod unwrap;
mod visit;

pub use proof::prove;
pub use tree::{Attributed, Compared, Found, Proved, Spot};

use crate::{
    model::{Blob, FormatId, Kind, Malformed, Meter, Of, Opened, Places, Pointer, Space, Span, Undetermined},
    notation::unseen,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// Recognises bytes and opens them; the driver passes the format layer in.
pub trait Opener: Sync {
    /// Never fails: bytes of no format are opaque. The second value says why the recognised format could not open them.
    fn open(&self, bytes: &Blob, hint: Option<FormatId>) -> (Opened, Option<Malformed>);
    /// What kind of thing a format is.
    fn kind(&self, format: FormatId) -> Kind;
    /// How a program is laid out, without links; nothing of what is no program.
    fn space(&self, _format: FormatId, _bytes: &Blob) -> Option<Space> {
        None
    }
    /// What in a program leads where, by where it stands.
    fn links(&self, _format: FormatId, _bytes: &Blob, _space: &Space) -> Vec<Pointer> {
        Vec::new()
    }
    /// Opens one of two programs whose places are known.
    fn open_at(&self, _format: FormatId, _bytes: &Blob, _places: &Arc<Places>, _of: Of) -> Option<Opened> {
        None
    }
}

/// What a stranger's artifact may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Artifacts inside artifacts.
    pub depth: usize,
    /// Decoded bytes of one member.
    pub member: u64,
    /// Decoded bytes for each stored byte; members below [`Limits::SMALL`] are exempt.
    pub ratio: u64,
    /// Decoded bytes in all: never more than this, nor than [`Limits::SPREAD`] for each byte of the two artifacts (but
    /// [`Limits::LEAST`] are always allowed). Bombs hide in many layers, each of which looks harmless.
    pub total: u64,
    /// Differences in all: never more than this, nor than one for each [`Limits::DENSE`] bytes of the two artifacts (but
    /// [`Limits::FEW`] are always allowed).
    pub differences: u64,
    /// Parts that are held at a time, of an artifact and all that it lies in: this, or one for each [`Limits::SPARSE`] bytes of the
    /// two files, if that is more. Longer lists are compared by line, or as bytes.
    pub parts: usize,
}

impl Limits {
    /// Decoded sizes up to here are never refused for their ratio.
    pub const SMALL: u64 = 64 << 20;
    /// Decoded bytes in all, for each byte of the two artifacts.
    pub const SPREAD: u64 = 100;
    /// Decoded bytes in all that are never refused.
    pub const LEAST: u64 = 512 << 20;
    /// Bytes of the two artifacts for each difference.
    pub const DENSE: u64 = 16;
    /// Differences in all that are never refused.
    pub const FEW: u64 = 1 << 18;
    /// Bytes of the two files for each part.
    pub const SPARSE: usize = 32;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 24,
            member: 4 << 30,
            ratio: 1100,
            total: 64 << 30,
            differences: 2_000_000,
            parts: 1 << 18,
        }
    }
}

/// Compares with one opener under limits. `finish` tells what could not be compared.
pub struct Comparer<'a> {
    opener: &'a dyn Opener,
    limits: Limits,
    decoded: AtomicU64,
    /// Decoded bytes in all that this pair may cost.
    allowance: AtomicU64,
    found: AtomicU64,
    /// Differences that this pair may have.
    most: AtomicU64,
    stopped: AtomicBool,
    undetermined: Mutex<Vec<Undetermined>>,
    meter: Option<&'a Meter>,
    met: Mutex<kin::Met>,
}

/// Where a comparison stands.
#[derive(Clone)]
struct At {
    address: String,
    container: usize,
    format: FormatId,
    kind: Kind,
    inert: bool,
    depth: usize,
    /// Parts that may still be held here.
    room: usize,
}

impl At {
    /// At an artifact of which nothing is known yet.
    fn artifact(address: String, depth: usize, room: usize) -> At {
        At {
            container: address.len(),
            address,
            format: "opaque",
            kind: Kind::Opaque,
            inert: false,
            depth,
            room,
        }
    }
    fn inside(&self, name: &str) -> String {
        join(&self.address, name)
    }
    fn child(&self, name: &str) -> At {
        At {
            address: self.inside(name),
            ..self.clone()
        }
    }
}

/// The address of a part inside another.
pub(crate) fn join(address: &str, name: &str) -> String {
    if name.is_empty() {
        return address.to_owned();
    }
    let mut joined = String::with_capacity(address.len() + 1 + name.len());
    if !address.is_empty() {
        joined.push_str(address);
        joined.push('/');
    }
    // A tar's own `./` or `/` is part of the name; unseen characters must not reach a terminal.
    for c in name.chars() {
        if unseen(c) {
            joined.extend(c.escape_default());
        } else {
            joined.push(c);
        }
    }
    joined
}

/// What differs between two artifacts.
fn compared(at: At, a: &Blob, b: &Blob, spots: Vec<Spot>) -> Compared {
    Compared {
        a: a.clone(),
        b: b.clone(),
        address: at.address,
        format: at.format,
        kind: at.kind,
        rights: Vec::new(),
        digests: Vec::new(),
        spots,
    }
}

impl<'a> Comparer<'a> {
    /// A comparer.
    pub fn new(opener: &'a dyn Opener, limits: Limits) -> Self {
        Self {
            opener,
            limits,
            decoded: AtomicU64::new(0),
            allowance: AtomicU64::new(limits.total),
            found: AtomicU64::new(0),
            most: AtomicU64::new(limits.differences),
            stopped: AtomicBool::new(false),
            undetermined: Mutex::default(),
            meter: None,
            met: Mutex::default(),
        }
    }

    /// The same, and counts the bytes that are done.
    pub(crate) fn metered(self, meter: &'a Meter) -> Self {
        Self {
            meter: Some(meter),
            ..self
        }
    }

    /// So many bytes of both sides together need not be looked at again.
    fn done(&self, bytes: usize) {
        if let Some(meter) = self.meter {
            meter.done(bytes as u64);
        }
    }

    /// So many bytes were decoded, and are to be compared, too.
    fn expect(&self, bytes: usize) {
        if let Some(meter) = self.meter {
            meter.expect(bytes as u64);
        }
    }

    /// What could not be compared, sorted; and whether a total limit ended the comparison.
    pub fn finish(self) -> (Vec<Undetermined>, bool) {
        let mut all = self.undetermined.into_inner().unwrap_or_default();
        all.sort_by(|x, y| (&x.address, &x.reason).cmp(&(&y.address, &y.reason)));
        (all, self.stopped.into_inner())
    }

    /// Compares two artifacts; nothing when their bytes are equal.
    pub fn compare(&self, a: &Blob, b: &Blob) -> Option<Compared> {
        if unit::equal(a, b) {
            return None;
        }
        let size = a.len() as u64 + b.len() as u64;
        self.allow(size);
        let most = (size / Limits::DENSE).max(Limits::FEW);
        self.most.store(self.limits.differences.min(most), Relaxed);
        let at = At::artifact(String::new(), 0, self.room(a, b));
        Some(self.artifact(a, b, at, None, [None, None]))
    }

    /// Compares two opened artifacts whose bytes do not decide (a folder's listing leaves out what is in the files).
    pub(crate) fn compare_opened(&self, a: (&Blob, &Opened), b: (&Blob, &Opened)) -> Option<Compared> {
        let at = self.opened(At::artifact(String::new(), 0, usize::MAX), a.1.format);
        let order = a.1.order;
        let spots = self.parts(
            &at,
            order,
            (a.0, &a.1.parts, Span::new(0, a.0.len())),
            (b.0, &b.1.parts, Span::new(0, b.0.len())),
        );
        (!spots.is_empty()).then(|| {
            let rights = rights::of((a.0, &a.1.parts), (b.0, &b.1.parts), &spots);
            Compared {
                rights,
                ..compared(at, a.0, b.0, spots)
            }
        })
    }

    /// The same place, once it is known as what it is opened.
    fn opened(&self, at: At, format: FormatId) -> At {
        At {
            format,
            kind: self.opener.kind(format),
            ..at
        }
    }

    /// Decoded bytes in all that so many bytes may cost.
    fn allow(&self, size: u64) {
        let spread = size.saturating_mul(Limits::SPREAD).max(Limits::LEAST);
        self.allowance.store(self.limits.total.min(spread), Relaxed);
    }

    /// Decoded bytes that this pair may still cost.
    fn left(&self) -> u64 {
        self.allowance.load(Relaxed).saturating_sub(self.decoded.load(Relaxed))
    }

    /// Parts that two files may cost.
    fn room(&self, a: &Blob, b: &Blob) -> usize {
        self.limits.parts.max((a.len() + b.len()) / Limits::SPARSE)
    }

    pub(super) fn undetermined(&self, address: &str, reason: String) {
        if let Ok(mut all) = self.undetermined.lock() {
            all.push(Undetermined {
                address: address.to_owned(),
                reason,
            });
        }
    }
}
