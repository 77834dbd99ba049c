//! Signed statements of rebuilders, and whether enough of them agree.
//!
//! A rebuilder states what its rebuild gave: an [in-toto Statement v1](https://github.com/in-toto/attestation/tree/main/spec/v1)
//! with [SLSA provenance v1](https://slsa.dev/spec/v1.0/provenance), in a
//! [DSSE](https://github.com/secure-systems-lab/dsse) envelope that an ed25519 key signs. `docs/attestation.md` has every field, and
//! what each refusal of `verify` defends against.
//!
//! Three facts hold this room together:
//!
//! - Nothing of a payload is read before a key of the keyring is known to have signed it.
//! - A statement names the key that it was made for, so that nobody can sign another's work as their own.
//! - A failed rebuild is no provenance: it has a predicate type of its own, so that no reader of provenance takes the expected
//!   artifact for a built one.

pub mod date;
pub mod dsse;
mod gather;
pub mod judge;
pub mod key;
pub mod keyring;
pub mod statement;
mod strict;

pub use crate::rebuild::Error;

use std::path::Path;

/// What a signed payload is.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// `_type` of a statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The predicate of a rebuild that gave artifacts.
pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
/// The predicate of a rebuild that gave none. Its subject is what should have been built.
pub const FAILURE: &str = "tag:repro,2026:rebuild-failure/v1";
/// The predicate of a diverse double compilation, and the `buildType` of its definition. Its subjects are what the compiler's source gives.
pub const DDC: &str = "tag:repro,2026:ddc/v1";
/// `buildType`: what the parameters of the build definition mean.
pub const BUILD_TYPE: &str = "tag:repro,2026:rebuild/v1";
/// The namespace of OpenSSH signatures.
pub const NAMESPACE: &str = "repro-attestation";
/// Name of the byproduct that says how the rebuild went.
const RESULT: &str = "rebuild";

/// SHA-256 of a whole tree, in hex, as `repro hash --format json` gives it.
///
/// # Errors
/// Something in it can't be read.
pub fn tree_digest(folder: &Path) -> Result<String, Error> {
    crate::rebuild::record::tree_digest(folder)
}
