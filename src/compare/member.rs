//! A member: decoded, and compared as an artifact of its own.

use super::{
    At, Compared, Comparer, Limits, Spot, compared,
    leaf::noted,
    listed::group,
    rights,
    unit::{equal, side},
};
use crate::model::{Blob, Body, Content, Malformed, Member, Part, Role, Span, Value};
use std::sync::atomic::Ordering::Relaxed;

impl Comparer<'_> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn member(
        &self,
        at: &At,
        a: &Blob,
        pa: &Part,
        ma: &Member,
        b: &Blob,
        pb: &Part,
        mb: &Member,
    ) -> Vec<Spot> {
        let (ia, ib) = rayon::join(|| self.decode(a, pa, ma), || self.decode(b, pb, mb));
        let address = match ma.wrapper {
            Some(suffix) => at.address.strip_suffix(suffix).unwrap_or(&at.address).to_owned(),
            None => at.inside(&pa.name),
        };
        let (ia, ib) = match (ia, ib) {
            (Ok(ia), Ok(ib)) => (ia, ib),
            (x, y) => {
                let mut notes = Vec::new();
                for (letter, failed) in [("a", x.err()), ("b", y.err())] {
                    let Some(failed) = failed else { continue };
                    if failed.limit {
                        self.undetermined(&address, format!("{letter}: {failed}"));
                    }
                    notes.push(format!("{letter} is opaque bytes here: {failed}"));
                }
                let mut spots = self.leaf(
                    at,
                    &pa.name,
                    Role::Content,
                    side(a, pa.span, &Value::Raw),
                    side(b, pb.span, &Value::Raw),
                );
                // Equal bytes that are not decoded alike: one side's reader gets something, the other's nothing.
                if spots.is_empty() && method(pa) != method(pb) {
                    let (x, y) = (side(a, pa.span, &Value::Raw), side(b, pb.span, &Value::Raw));
                    spots.push(self.entry(at, &pa.name, Role::Content, x, y, None));
                }
                match spots.first_mut() {
                    Some(Spot::Leaf(entry)) => entry.note = Some(notes.join("; ")),
                    // A folder's unreadable file has no bytes here to differ in.
                    _ => self.undetermined(&address, notes.join("; ")),
                }
                return spots;
            }
        };
        if matches!(ma.content, Content::Encoded(_)) {
            self.expect(ia.len() + ib.len());
            self.done(pa.span.len() + pb.span.len());
        }
        if equal(&ia, &ib) {
            self.done(ia.len() + ib.len());
            let (x, y) = (side(a, pa.span, &Value::Raw), side(b, pb.span, &Value::Raw));
            return if x.unit[..] == y.unit[..] {
                Vec::new()
            } else if role(ma, mb) == Role::Content {
                noted(
                    self.leaf(at, &pa.name, Role::Content, x, y),
                    "what was read is equal, the bytes are not".to_owned(),
                )
            } else {
                vec![self.entry(at, &pa.name, role(ma, mb), x, y, None)]
            };
        }
        let hint = ma.hint.filter(|hint| mb.hint == Some(hint));
        // A folder's file is not made from the bytes of what holds it.
        let room = match ma.content {
            Content::External(_) | Content::Gathered(_) => self.room(&ia, &ib),
            _ => at.room,
        };
        let member = At {
            inert: at.inert,
            ..At::artifact(address, at.depth + 1, room)
        };
        let inner = self
            .inside(at, &member, (&ia, ma), (&ib, mb))
            .unwrap_or_else(|| self.artifact(&ia, &ib, member, hint, [ma.reader.as_ref(), mb.reader.as_ref()]));
        vec![Spot::Nested {
            a: pa.span,
            b: pb.span,
            inner: Box::new(inner),
        }]
    }

    /// Decoded bytes that their container reads; nothing where it does not, or sees no difference.
    fn inside(&self, outer: &At, at: &At, a: (&Blob, &Member), b: (&Blob, &Member)) -> Option<Compared> {
        let (ga, gb) = (a.1.inside.as_ref()?, b.1.inside.as_ref()?);
        let (xa, xb) = (group(ga, a.0).ok()?, group(gb, b.0).ok()?);
        let at = At {
            format: outer.format,
            kind: outer.kind,
            ..at.clone()
        };
        let order = ga.order.of_both(gb.order);
        let spots = self.parts(
            &at,
            order,
            (a.0, xa.as_slice(), Span::new(0, a.0.len())),
            (b.0, xb.as_slice(), Span::new(0, b.0.len())),
        );
        (!spots.is_empty()).then(|| {
            let rights = rights::of((a.0, xa.as_slice()), (b.0, xb.as_slice()), &spots);
            Compared {
                rights,
                ..compared(at, a.0, b.0, spots)
            }
        })
    }

    pub(super) fn decode(&self, bytes: &Blob, part: &Part, member: &Member) -> Result<Blob, Malformed> {
        let stored = bytes.slice(part.span);
        let (decoder, limit) = match &member.content {
            Content::Stored => return Ok(stored),
            Content::External(decoder) => (decoder, u64::MAX),
            // How many bytes lie there is not known; all together they have a limit.
            Content::Gathered(decoder) => (decoder, self.limits.member.min(self.left().max(Limits::SMALL))),
            Content::Encoded(decoder) => (
                decoder,
                self.limits.member.min(
                    (stored.len() as u64)
                        .saturating_mul(self.limits.ratio)
                        .max(Limits::SMALL),
                ),
            ),
        };
        let decoded = decoder.decode(&stored, limit)?;
        stored.release();
        if matches!(member.content, Content::Encoded(_) | Content::Gathered(_))
            && self.decoded.fetch_add(decoded.len() as u64, Relaxed) + decoded.len() as u64
                > self.allowance.load(Relaxed)
        {
            self.stopped.store(true, Relaxed);
        }
        Ok(decoded)
    }

    /// The bytes of a part that is a small member, or of the first one inside, to find where it is under another name.
    pub(super) fn content(&self, bytes: &Blob, part: &Part) -> Option<Blob> {
        match &part.body {
            Body::Member(member) if part.span.len() < 4 << 20 => {
                let content = self.decode(bytes, part, member).ok()?;
                (1..16 << 20).contains(&content.len()).then_some(content)
            }
            Body::Group(inside) => {
                let parts = group(inside, bytes).ok()?;
                parts.as_slice().iter().find_map(|part| self.content(bytes, part))
            }
            _ => None,
        }
    }
}

/// What differing bytes are of two members whose decoded bytes are equal.
fn role(a: &Member, b: &Member) -> Role {
    let role = |member: &Member| match &member.content {
        Content::Encoded(decoder) | Content::Gathered(decoder) | Content::External(decoder) => decoder.role(),
        Content::Stored => Role::Compression,
    };
    if role(a) == role(b) { role(a) } else { Role::Content }
}

/// How a member's bytes are decoded.
pub(super) fn method(part: &Part) -> Option<&'static str> {
    match &part.body {
        Body::Member(member) => match &member.content {
            Content::Encoded(decoder) | Content::Gathered(decoder) => Some(decoder.method()),
            _ => None,
        },
        _ => None,
    }
}
