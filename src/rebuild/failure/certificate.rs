//! The clock that the build is shown is not in the time for which a certificate is valid.

use super::{Known, Scene};

pub(super) const KNOWN: Known = Known {
    id: "certificate-time",
    look,
};

const SAID: &[&str] = &[
    "certificate has expired",
    "CERT_HAS_EXPIRED",
    "certificate is not yet valid",
    "CERT_NOT_YET_VALID",
    "certificate has expired or is not yet valid",
    "CertificateExpiredException",
    "CertificateNotYetValidException",
    "Release file is not valid yet",
];

fn look(scene: &Scene<'_>) -> Option<(String, String)> {
    let line = scene.said(SAID).filter(|_| !scene.offline)?;
    Some((
        format!("a certificate is not valid on the day that the build's clock shows: {line}"),
        "--without time, or a --clock @N on which it is valid; what is fetched before the build needs neither"
            .to_owned(),
    ))
}
