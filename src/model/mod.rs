//! Pure data that every other layer speaks in. Imports nothing of this crate.

mod blob;
mod difference;
mod kin;
mod kind;
mod malformed;
mod meter;
mod part;
mod record;
mod report;
mod role;
mod seal;
mod space;
mod store;

pub use blob::{Blob, Span, Storage};
pub use difference::{Attribution, Change, Claim, Confidence, Difference, Evidence, Right, Side, Warrant};
pub use kin::Kin;
pub use kind::Kind;
pub use malformed::Malformed;
pub use meter::Meter;
pub use part::{Body, Content, Decode, Group, Isa, Member, Opened, Order, Part, Parts, Reader, Reading, Value};
pub use record::{Fact, FactKind, Known, Made, Record, RecordUse, Vouched};
pub use report::*;
pub use role::Role;
pub use seal::Seal;
pub use space::{Address, Chunk, Holds, Led, Links, Of, Piece, Places, Pointer, Run, Space, Words};
pub use store::Store;

/// The id of a format: the stem of its file in `format/`.
pub type FormatId = &'static str;
/// The id of a cause: kebab-case, names the defect.
pub type CauseId = &'static str;
