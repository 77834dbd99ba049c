//! Everything that is inside an artifact, decoded: for searches that must not be fooled by compression.

use super::{Input, Options};
use crate::{
    compare::{Limits, join},
    format,
    model::{Blob, Body, Content, FormatId, Member, Part, Parts, Undetermined},
};

/// Calls `visit` with the address and bytes of the artifact itself (address empty) and of every member in it that is encoded
/// or lies elsewhere. A member that is stored as it is belongs to the bytes of what holds it. Gives what could not be decoded.
pub fn members(input: &Input, options: &Options, visit: &mut dyn FnMut(&str, &[u8])) -> Vec<Undetermined> {
    let spread = (input.bytes.len() as u64)
        .saturating_mul(Limits::SPREAD)
        .max(Limits::LEAST);
    let mut walk = Walk {
        limits: options.limits,
        left: options.limits.total.min(spread),
        visit,
        undetermined: Vec::new(),
    };
    match &input.listing {
        Some(listing) => walk.parts(&input.bytes, &listing.parts, "", 0),
        None => {
            (walk.visit)("", &input.bytes);
            walk.artifact(&input.bytes, "", None, 0);
        }
    }
    walk.undetermined
}

struct Walk<'v> {
    limits: Limits,
    /// Decoded bytes that may still come.
    left: u64,
    visit: &'v mut dyn FnMut(&str, &[u8]),
    undetermined: Vec<Undetermined>,
}

impl Walk<'_> {
    fn failed(&mut self, address: &str, reason: impl ToString) {
        self.undetermined.push(Undetermined {
            address: address.to_owned(),
            reason: reason.to_string(),
        });
    }

    fn artifact(&mut self, bytes: &Blob, address: &str, hint: Option<FormatId>, depth: usize) {
        if depth > self.limits.depth {
            let reason = format!("more than {} artifacts inside each other", self.limits.depth);
            return self.failed(address, reason);
        }
        let (opened, _) = format::open(bytes, hint);
        self.parts(bytes, &opened.parts, address, depth);
    }

    fn parts(&mut self, bytes: &Blob, parts: &[Part], address: &str, depth: usize) {
        for part in parts {
            match &part.body {
                Body::Field(..) => {}
                Body::Group(group) => {
                    let inside = join(address, &part.name);
                    match &group.parts {
                        Parts::Ready(parts) => self.parts(bytes, parts, &inside, depth),
                        Parts::Lazy(parse) => match parse(bytes) {
                            Ok(parts) => self.parts(bytes, &parts, &inside, depth),
                            Err(malformed) if malformed.limit => self.failed(&inside, malformed),
                            Err(_) => {}
                        },
                    }
                }
                Body::Member(member) => self.member(bytes, part, member, address, depth),
            }
        }
    }

    fn member(&mut self, bytes: &Blob, part: &Part, member: &Member, address: &str, depth: usize) {
        let short = member.wrapper.and_then(|suffix| address.strip_suffix(suffix));
        let inside = short.map_or_else(|| join(address, &part.name), str::to_owned);
        let stored = bytes.slice(part.span);
        let allowed = (stored.len() as u64)
            .saturating_mul(self.limits.ratio)
            .max(Limits::SMALL);
        let (decoder, limit) = match &member.content {
            Content::Stored => return self.artifact(&stored, &inside, member.hint, depth + 1),
            Content::External(decoder) => (decoder, u64::MAX),
            Content::Encoded(decoder) => (decoder, self.limits.member.min(allowed).min(self.left)),
        };
        match decoder.decode(&stored, limit) {
            Ok(content) => {
                if matches!(member.content, Content::Encoded(_)) {
                    self.left = self.left.saturating_sub(content.len() as u64);
                }
                (self.visit)(&inside, &content);
                self.artifact(&content, &inside, member.hint, depth + 1);
            }
            Err(malformed) => self.failed(&inside, malformed),
        }
    }
}
