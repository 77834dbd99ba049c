//! Everything that is inside one artifact, decoded: for searches that must not be fooled by compression. Members are opened as for a
//! comparison, under the same limits.

use super::{Comparer, join, listed::group};
use crate::model::{Blob, Body, Content, FormatId, Member, Opened, Part, Undetermined};
use std::sync::atomic::Ordering::Relaxed;

/// Told the address and the bytes of a member.
type Visitor<'v> = &'v mut dyn FnMut(&str, &[u8]);

impl Comparer<'_> {
    /// Calls `visit` with the address and bytes of the artifact itself (address empty; not of a folder) and of every member in it that is
    /// encoded or lies elsewhere. A member that is stored as it is belongs to the bytes of what holds it. Gives what could not be decoded.
    pub fn visit(self, bytes: &Blob, listing: Option<&Opened>, visit: Visitor<'_>) -> Vec<Undetermined> {
        self.allow(bytes.len() as u64);
        match listing {
            Some(listing) => self.visit_parts(bytes, &listing.parts, "", 0, visit),
            None => {
                visit("", bytes);
                self.visit_artifact(bytes, "", None, 0, visit);
            }
        }
        let (mut undetermined, stopped) = self.finish();
        if stopped {
            undetermined.push(Undetermined {
                address: String::new(),
                reason: "more decoded bytes than the limits allow".to_owned(),
            });
        }
        undetermined
    }

    fn visit_artifact(&self, bytes: &Blob, address: &str, hint: Option<FormatId>, depth: usize, visit: Visitor<'_>) {
        if depth > self.limits.depth {
            let reason = format!("more than {} artifacts inside each other", self.limits.depth);
            return self.undetermined(address, reason);
        }
        let (opened, _) = self.opener.open(bytes, hint);
        self.visit_parts(bytes, &opened.parts, address, depth, visit);
    }

    fn visit_parts(&self, bytes: &Blob, parts: &[Part], address: &str, depth: usize, visit: Visitor<'_>) {
        for part in parts {
            match &part.body {
                Body::Field(..) => {}
                Body::Group(inside) => {
                    let name = join(address, &part.name);
                    match group(inside, bytes) {
                        Ok(parts) => self.visit_parts(bytes, parts.as_slice(), &name, depth, visit),
                        Err(malformed) if malformed.limit => self.undetermined(&name, malformed.to_string()),
                        Err(_) => {}
                    }
                }
                Body::Member(member) => self.visit_member(bytes, part, member, address, depth, visit),
            }
        }
    }

    fn visit_member(
        &self,
        bytes: &Blob,
        part: &Part,
        member: &Member,
        address: &str,
        depth: usize,
        visit: Visitor<'_>,
    ) {
        let short = member.wrapper.and_then(|suffix| address.strip_suffix(suffix));
        let inside = short.map_or_else(|| join(address, &part.name), str::to_owned);
        if self.stopped.load(Relaxed) {
            return;
        }
        match self.decode(bytes, part, member) {
            Ok(content) => {
                if !matches!(member.content, Content::Stored) {
                    visit(&inside, &content);
                }
                match member.inside.as_ref().and_then(|own| group(own, &content).ok()) {
                    Some(parts) => self.visit_parts(&content, parts.as_slice(), &inside, depth + 1, visit),
                    None => self.visit_artifact(&content, &inside, member.hint, depth + 1, visit),
                }
            }
            Err(malformed) => self.undetermined(&inside, malformed.to_string()),
        }
    }
}
