//! Manifests: written by `repro hash`, verified by `repro check`.
