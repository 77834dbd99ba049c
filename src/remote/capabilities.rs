//! What a server can, as it says.

use super::api::{Compressor, DigestFunction, SemVer, ServerCapabilities};
use crate::bytes::Error;

/// The major version of the API that is spoken here.
const VERSION: i32 = 2;
/// Most bytes of one batch: gRPC takes four mebibytes, and names need room.
const BATCH: u64 = 3 << 20;

/// What is asked of a server, and it can.
#[derive(Clone, Debug, Default)]
pub(super) struct Capabilities {
    /// Most bytes of one batch of blobs.
    pub(super) batch: u64,
    /// The largest blob that it takes, if it says so.
    pub(super) largest: Option<u64>,
    /// Whether a blob may come compressed (Zstandard).
    pub(super) zstd: bool,
    /// Whether a batch may.
    pub(super) zstd_batch: bool,
    /// Whether it runs anything.
    pub(super) execution: bool,
}

impl Capabilities {
    /// Reads what a server says.
    ///
    /// # Errors
    /// It speaks another version, or names blobs otherwise.
    pub(super) fn of(told: &ServerCapabilities) -> Result<Self, Error> {
        version(told)?;
        let cache = told.cache_capabilities.clone().unwrap_or_default();
        let functions = &cache.digest_functions;
        if !functions.is_empty() && !functions.contains(&DigestFunction::Sha256.into()) {
            let names: Vec<&str> = functions
                .iter()
                .map(|function| DigestFunction::try_from(*function).map_or("another", |known| known.as_str_name()))
                .collect();
            return Err(Error::unavailable(format!(
                "the server names blobs by {}, not by SHA256: choose an instance that does",
                names.join(", ")
            )));
        }
        let limit = |bytes: i64| u64::try_from(bytes).ok().filter(|bytes| *bytes > 0);
        let takes = |of: &[i32]| of.contains(&Compressor::Zstd.into());
        let execution = told.execution_capabilities.as_ref();
        Ok(Self {
            batch: limit(cache.max_batch_total_size_bytes).unwrap_or(BATCH).min(BATCH),
            largest: limit(cache.max_cas_blob_size_bytes),
            zstd: takes(&cache.supported_compressors),
            zstd_batch: takes(&cache.supported_batch_update_compressors),
            execution: execution.is_some_and(|execution| execution.exec_enabled),
        })
    }
}

fn version(told: &ServerCapabilities) -> Result<(), Error> {
    let shown = |version: &SemVer| format!("{}.{}", version.major, version.minor);
    let (Some(low), Some(high)) = (&told.low_api_version, &told.high_api_version) else {
        return Err(Error::unavailable(
            "the server does not say which version of the Remote Execution API it speaks; repro speaks 2",
        ));
    };
    if low.major > VERSION || high.major < VERSION {
        return Err(Error::unavailable(format!(
            "the server speaks versions {} to {} of the Remote Execution API; repro speaks {VERSION}",
            shown(low),
            shown(high)
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bazel_remote_apis::build::bazel::remote::execution::v2::CacheCapabilities;

    fn server(low: i32, high: i32, function: DigestFunction) -> ServerCapabilities {
        let version = |major| {
            Some(SemVer {
                major,
                ..SemVer::default()
            })
        };
        ServerCapabilities {
            low_api_version: version(low),
            high_api_version: version(high),
            cache_capabilities: Some(CacheCapabilities {
                digest_functions: vec![function.into()],
                max_batch_total_size_bytes: 1 << 40,
                supported_compressors: vec![Compressor::Zstd.into()],
                ..Default::default()
            }),
            ..ServerCapabilities::default()
        }
    }

    #[test]
    fn another_version_or_digest_is_refused_by_name() {
        let can = Capabilities::of(&server(2, 3, DigestFunction::Sha256)).unwrap();
        assert!(can.zstd && !can.zstd_batch && !can.execution);
        assert_eq!(can.batch, BATCH, "no server can ask for more than gRPC takes");
        let told = |low, high, function| Capabilities::of(&server(low, high, function)).unwrap_err().to_string();
        assert!(told(3, 4, DigestFunction::Sha256).contains("versions 3.0 to 4.0"));
        assert!(told(2, 2, DigestFunction::Blake3).contains("BLAKE3"));
        assert!(Capabilities::of(&ServerCapabilities::default()).is_err());
    }
}
