//! Where bytes come from: files, trees and their digests.

pub mod source;
