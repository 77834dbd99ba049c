//! Where container images lie.

/// How images are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// A folder with the layout of the OCI image specification.
    Oci,
    /// The same in a tar.
    OciArchive,
    /// What `docker save` writes.
    DockerArchive,
}
