//! oci-created

use super::{Advice, Case, Cause, date, find};
use crate::model::{CauseId, Evidence, Warrant};

/// `created` in an image configuration (OCI image specification) and its history.
pub struct OciCreated;

impl Cause for OciCreated {
    fn id(&self) -> CauseId {
        "oci-created"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A container image says when it was created.",
            why: "The image's configuration and history take the time from the clock.",
            fix: "SOURCE_DATE_EPOCH with BuildKit and --output rewrite-timestamp=true; buildah --timestamp; umoci --created; kaniko --reproducible",
            references: &[
                "https://github.com/opencontainers/image-spec/blob/main/config.md",
                "https://reproducible-builds.org/docs/source-date-epoch/",
            ],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        let name = case.name();
        let step = name.strip_prefix("history/").and_then(|rest| rest.split_once('/'));
        let created = name == "created" || step.is_some_and(|(_, key)| key == "created");
        if !created || !find::textual(case) {
            return None;
        }
        let form = |d: &date::Date| d.form == date::Form::Iso && d.zone.is_some();
        let evidence = Evidence::likely(date::around(case, form, |_, _, _| true))?;
        let member = case.survey.container(case)?;
        (configuration(&member.a) && configuration(&member.b)).then(|| evidence.by(Warrant::Structure))
    }
}

/// Keys of a configuration, Docker's own among them.
const KEYS: &[&str] = &[
    "architecture",
    "author",
    "config",
    "container",
    "container_config",
    "created",
    "docker_version",
    "history",
    "id",
    "os",
    "os.features",
    "os.version",
    "parent",
    "rootfs",
    "throwaway",
    "variant",
];

/// Larger ones are not read.
const LARGEST: usize = 8 << 20;

/// An image's configuration (OCI image specification, "Image Configuration"): the platform and the layers stand beside the times.
fn configuration(bytes: &[u8]) -> bool {
    bytes.len() <= LARGEST
        && serde_json::from_slice::<serde_json::Value>(bytes).is_ok_and(|value| {
            let text = |key: &str| value.get(key).is_some_and(serde_json::Value::is_string);
            let known = |key: &String| KEYS.contains(&key.as_str());
            value.as_object().is_some_and(|object| object.keys().all(known))
                && (first(&value)
                    || text("architecture")
                        && text("os")
                        && value
                            .pointer("/rootfs/diff_ids")
                            .is_some_and(serde_json::Value::is_array))
        })
}

/// The document of a layer of Docker's first image format (Moby, image/spec/v1.md): it has an identifier, and lists no layers.
fn first(value: &serde_json::Value) -> bool {
    let id = value.get("id").and_then(serde_json::Value::as_str);
    let digest = |id: &str| id.len() == 64 && id.bytes().all(|c| c.is_ascii_hexdigit());
    id.is_some_and(digest) && value.get("rootfs").is_none() && value.get("history").is_none()
}
