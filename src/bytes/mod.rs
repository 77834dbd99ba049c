//! Where bytes come from: files, trees and their digests.
