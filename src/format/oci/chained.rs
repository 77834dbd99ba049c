//! Digests over the document of a layer and all layers below it, as Docker before 1.10 has them.

use crate::{model::Blob, notation::hex};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A document whose folder is named by a digest over it and the layers up to its own.
#[derive(Clone)]
pub(super) struct Chained {
    name: String,
    chain: String,
}

impl Chained {
    /// By the folder's name, and the chain ID of the layers up to its own.
    pub(super) fn new(name: &str, chain: &str) -> Self {
        let (name, chain) = (name.to_owned(), chain.to_owned());
        Self { name, chain }
    }
    /// The digest, where it is the one that the folder is named by (Moby, image/v1, `CreateID`; containers/image, docker/internal/tarfile).
    pub(super) fn digest(&self, document: &Blob) -> Option<Vec<u8>> {
        let document: BTreeMap<String, Value> = serde_json::from_slice(document).ok()?;
        let made = |parent: Option<String>| {
            let mut document = document.clone();
            document.remove("id");
            document.insert("layer_id".to_owned(), self.chain.clone().into());
            if let Some(parent) = parent {
                document.insert("parent".to_owned(), parent.into());
            }
            let text = serde_json::to_string(&document).ok()?;
            // As Go writes it.
            let text = text
                .replace('&', "\\u0026")
                .replace('<', "\\u003c")
                .replace('>', "\\u003e");
            Some(Sha256::digest(text.as_bytes()).to_vec())
        };
        let parent = document.get("parent").and_then(Value::as_str);
        let spelled = parent.map(|parent| format!("sha256:{}", bare(parent)));
        let mut digests = [made(None), made(spelled)].into_iter().flatten();
        digests.find(|digest| hex(digest) == self.name)
    }
}

/// An identifier without its algorithm.
pub(super) fn bare(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).to_owned()
}
