//! Down into artifacts: parts are aligned, members decoded and opened, and what is equal is skipped.

use super::{At, Compared, Comparer, Limits, Spot, align, leaf::side, rights};
use crate::model::{
    Blob, Body, Change, Content, FormatId, Malformed, Member, Order, Part, Parts, Role, Side, Span, Value,
};
use rayon::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

impl Comparer<'_> {
    pub(super) fn artifact(
        &self,
        a: &Blob,
        b: &Blob,
        address: String,
        hint: Option<FormatId>,
        depth: usize,
    ) -> Compared {
        let whole = |at: At, note: Option<String>| {
            let mut spots = self.leaf(
                &at,
                "",
                Role::Content,
                side(a, Span::new(0, a.len()), &Value::Raw),
                side(b, Span::new(0, b.len()), &Value::Raw),
            );
            if let (Some(Spot::Leaf(entry)), Some(note)) = (spots.first_mut(), note) {
                entry.note = Some(note);
            }
            Compared {
                a: a.clone(),
                b: b.clone(),
                address: at.address,
                format: at.format,
                kind: self.opener.kind(at.format),
                rights: Vec::new(),
                spots,
            }
        };
        let at = At {
            container: address.len(),
            address,
            format: "opaque",
            depth,
        };
        if depth > self.limits.depth {
            self.undetermined(
                &at.address,
                format!("more than {} artifacts inside each other", self.limits.depth),
            );
            return whole(at, None);
        }
        let ((oa, ma), (ob, mb)) = (self.opener.open(a, hint), self.opener.open(b, hint));
        let mut notes = Vec::new();
        for (letter, malformed) in [("a", ma), ("b", mb)] {
            let Some(malformed) = malformed else { continue };
            if malformed.limit {
                self.undetermined(&at.address, format!("{letter}: {malformed}"));
            }
            notes.push(format!("{letter} is opaque bytes here: {malformed}"));
        }
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        if oa.format != ob.format {
            let note = note.unwrap_or_else(|| format!("a is {}, b is {}", oa.format, ob.format));
            return whole(at, Some(note));
        }
        let at = At {
            format: oa.format,
            ..at
        };
        let order = oa.order.of_both(ob.order);
        let mut spots = self.parts(
            &at,
            order,
            (a, &oa.parts, Span::new(0, a.len())),
            (b, &ob.parts, Span::new(0, b.len())),
        );
        if spots.is_empty() {
            // A parser that sees no difference must not hide one.
            return whole(at, Some("no part differs, the bytes do".to_owned()));
        }
        if let (Some(Spot::Leaf(entry)), Some(note)) = (spots.first_mut(), note) {
            entry.note = Some(note);
        }
        Compared {
            a: a.clone(),
            b: b.clone(),
            address: at.address,
            format: at.format,
            kind: self.opener.kind(at.format),
            rights: rights::of((a, &oa.parts), (b, &ob.parts), &spots),
            spots,
        }
    }

    pub(super) fn parts(
        &self,
        at: &At,
        order: Order,
        a: (&Blob, &[Part], Span),
        b: (&Blob, &[Part], Span),
    ) -> Vec<Spot> {
        let (pa, pb) = (align::tile(a.1, a.2), align::tile(b.1, b.2));
        let (Some(pa), Some(pb)) = (pa, pb) else {
            let note = "parts overlap";
            let mut spots = self.leaf(
                at,
                "",
                Role::Content,
                side(a.0, a.2, &Value::Raw),
                side(b.0, b.2, &Value::Raw),
            );
            if let Some(Spot::Leaf(entry)) = spots.first_mut() {
                entry.note = Some(note.to_owned());
            }
            return spots;
        };
        let aligned = align::align(
            &pa,
            &pb,
            order,
            [&|part| self.content(a.0, part), &|part| self.content(b.0, part)],
        );
        let mut spots: Vec<Spot> = Vec::new();
        if let Some(items) = &aligned.permuted {
            let listed = |bytes: &Blob, parts: &[align::Tile<'_>], which: &[usize]| {
                let items: Vec<_> = which
                    .iter()
                    .map(|&i| (parts[i].span, parts[i].name.to_string()))
                    .collect();
                let cover = Span::new(
                    items.first().map_or(0, |i| i.0.start),
                    items.last().map_or(0, |i| i.0.end),
                );
                Side {
                    items,
                    ..side(bytes, cover, &Value::Raw)
                }
            };
            spots.push(self.order(at, order, listed(a.0, &pa, &items.0), listed(b.0, &pb, &items.1)));
        }
        let one = |&(x, y): &(Option<usize>, Option<usize>)| match (x, y) {
            (Some(x), Some(y)) => self.pair(at, order, a.0, &pa[x], b.0, &pb[y]),
            (x, y) => {
                let (x, y) = (x.map(|i| (i, &*pa[i])), y.map(|i| (i, &*pb[i])));
                let ia = y.map_or(0, |(i, _)| aligned.before_in_a(i).map_or(a.2.start, |j| pa[j].span.end));
                let ib = x.map_or(0, |(i, _)| aligned.before_in_b(i).map_or(b.2.start, |j| pb[j].span.end));
                self.lone(at, a.0, x.map(|x| x.1), ia, b.0, y.map(|y| y.1), ib)
            }
        };
        // Below this many parts, or for small ones, threads cost more than they bring.
        if aligned.pairs.len() > 1 && a.2.len() + b.2.len() > 1 << 16 || at.format == "directory" {
            let found: Vec<Vec<Spot>> = aligned.pairs.par_iter().map(one).collect();
            spots.extend(found.into_iter().flatten());
        } else {
            spots.extend(aligned.pairs.iter().flat_map(one));
        }
        spots
    }

    pub(super) fn pair(&self, at: &At, order: Order, a: &Blob, pa: &Part, b: &Blob, pb: &Part) -> Vec<Spot> {
        if self.stopped.load(Relaxed) {
            return Vec::new();
        }
        let (ra, rb) = (a.slice(pa.span), b.slice(pb.span));
        let mut spots = Vec::new();
        // The name of a list's item is its value: that differs by itself.
        if pa.name != pb.name && order != Order::Items {
            let note = format!("{} in a, {} in b: paired by content", pa.name, pb.name);
            // A name takes no bytes of its own here: the format's fields, if it has any, are compared too.
            let called = |part: &Part| Side {
                present: true,
                span: Span::at(part.span.start, 0),
                unit: part.name.as_bytes().to_vec().into(),
                value: Value::Raw,
                items: Vec::new(),
            };
            let (x, y) = (called(pa), called(pb));
            let mut renamed = self.leaf(at, &pa.name, Role::Name, x, y);
            if let Some(Spot::Leaf(entry)) = renamed.first_mut() {
                entry.note = Some(note);
            }
            spots.extend(renamed);
        }
        // A folder's listing does not hold what is in the files.
        let elsewhere = at.format == "directory" && !matches!(pa.body, Body::Field(..));
        // An equal number that names something else is a difference.
        if ra[..] == rb[..] && !elsewhere && target(pa) == target(pb) {
            ra.release();
            rb.release();
            return spots;
        }
        let plain = |role| {
            self.leaf(
                at,
                &pa.name,
                role,
                side(a, pa.span, &Value::Raw),
                side(b, pb.span, &Value::Raw),
            )
        };
        let more = match (&pa.body, &pb.body) {
            (Body::Field(role, va), Body::Field(other, vb)) if role == other => {
                self.leaf(at, &pa.name, *role, side(a, pa.span, va), side(b, pb.span, vb))
            }
            (Body::Group(ga), Body::Group(gb)) => match (group(ga, a), group(gb, b)) {
                (Ok(xa), Ok(xb)) => {
                    let order = ga.order.of_both(gb.order);
                    let spots = self.parts(
                        &at.child(&pa.name),
                        order,
                        (a, xa.as_slice(), pa.span),
                        (b, xb.as_slice(), pb.span),
                    );
                    if spots.is_empty() && ra[..] != rb[..] {
                        plain(Role::Content)
                    } else {
                        spots
                    }
                }
                (x, y) => {
                    let mut spots = plain(Role::Content);
                    let note = [("a", x.err()), ("b", y.err())]
                        .into_iter()
                        .filter_map(|(s, e)| e.map(|e| format!("{s} is opaque bytes here: {e}")));
                    if let Some(Spot::Leaf(entry)) = spots.first_mut() {
                        entry.note = Some(note.collect::<Vec<_>>().join("; "));
                    }
                    spots
                }
            },
            (Body::Member(ma), Body::Member(mb)) => self.member(at, a, pa, ma, b, pb, mb),
            _ => plain(Role::Content),
        };
        spots.extend(more);
        ra.release();
        rb.release();
        spots
    }

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
                match spots.first_mut() {
                    Some(Spot::Leaf(entry)) => entry.note = Some(notes.join("; ")),
                    // A folder's unreadable file has no bytes here to differ in.
                    _ => self.undetermined(&address, notes.join("; ")),
                }
                return spots;
            }
        };
        if ia[..] == ib[..] {
            ia.release();
            ib.release();
            let (x, y) = (side(a, pa.span, &Value::Raw), side(b, pb.span, &Value::Raw));
            return if x.unit[..] == y.unit[..] {
                Vec::new()
            } else {
                vec![self.entry(at, &pa.name, Role::Compression, x, y, None)]
            };
        }
        let hint = ma.hint.filter(|hint| mb.hint == Some(hint));
        let inner = self.artifact(&ia, &ib, address.clone(), hint, at.depth + 1);
        vec![Spot::Nested {
            a: pa.span,
            b: pb.span,
            inner: Box::new(inner),
        }]
    }

    pub(super) fn decode(&self, bytes: &Blob, part: &Part, member: &Member) -> Result<Blob, Malformed> {
        let stored = bytes.slice(part.span);
        let (decoder, limit) = match &member.content {
            Content::Stored => return Ok(stored),
            Content::External(decoder) => (decoder, u64::MAX),
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
        if matches!(member.content, Content::Encoded(_))
            && self.decoded.fetch_add(decoded.len() as u64, Relaxed) + decoded.len() as u64
                > self.allowance.load(Relaxed)
        {
            self.stopped.store(true, Relaxed);
        }
        Ok(decoded)
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn lone(
        &self,
        at: &At,
        a: &Blob,
        pa: Option<&Part>,
        ia: usize,
        b: &Blob,
        pb: Option<&Part>,
        ib: usize,
    ) -> Vec<Spot> {
        let Some(part) = pa.or(pb) else { return Vec::new() };
        let present = |bytes: &Blob, part: Option<&Part>, insertion: usize| match part {
            Some(part) => {
                let value = if let Body::Field(_, value) = &part.body {
                    value.clone()
                } else {
                    Value::Raw
                };
                side(bytes, part.span, &value)
            }
            None => Side {
                present: false,
                ..side(bytes, Span::at(insertion, 0), &Value::Raw)
            },
        };
        let (x, y) = (present(a, pa, ia), present(b, pb, ib));
        let change = Change {
            a: Span::new(0, x.unit.len()),
            b: Span::new(0, y.unit.len()),
        };
        vec![self.entry(at, &part.name, Role::Presence, x, y, Some(vec![change]))]
    }

    /// The bytes of a part that is a small member, or of the first one inside, to find where it is under another name.
    fn content(&self, bytes: &Blob, part: &Part) -> Option<Blob> {
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

/// What a reference names.
fn target(part: &Part) -> Option<&[u8]> {
    match &part.body {
        Body::Field(_, Value::Target(target)) => Some(target),
        _ => None,
    }
}

pub(super) enum Listed<'p> {
    Ready(&'p [Part]),
    Parsed(Vec<Part>),
}

impl Listed<'_> {
    pub(super) fn as_slice(&self) -> &[Part] {
        match self {
            Listed::Ready(parts) => parts,
            Listed::Parsed(parts) => parts,
        }
    }
}

/// The parts of a group.
pub(super) fn group<'p>(group: &'p crate::model::Group, bytes: &Blob) -> Result<Listed<'p>, Malformed> {
    match &group.parts {
        Parts::Ready(parts) => Ok(Listed::Ready(parts)),
        Parts::Lazy(parse) => parse(bytes).map(Listed::Parsed),
    }
}
