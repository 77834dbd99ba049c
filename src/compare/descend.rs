//! Down into artifacts: parts are aligned, members decoded and opened, and what is equal is skipped.

use super::{
    At, Compared, Comparer, Spot, align, compared, entry, leaf::noted, listed::group, member::method, moved::links,
    places, rights, suffix::bare, unit::side,
};
use crate::model::{
    Blob, Body, Change, FormatId, Kind, Links, Of, Opened, Order, Part, Reader, Reading, Role, Side, Space, Span, Value,
};
use rayon::prelude::*;
use std::sync::{Arc, atomic::Ordering::Relaxed};

impl Comparer<'_> {
    pub(super) fn artifact(
        &self,
        a: &Blob,
        b: &Blob,
        at: At,
        hint: Option<FormatId>,
        readers: [Option<&Reader>; 2],
    ) -> Compared {
        if at.depth > self.limits.depth {
            self.undetermined(
                &at.address,
                format!("more than {} artifacts inside each other", self.limits.depth),
            );
            return self.whole(a, b, at, None);
        }
        let (ra, rb) = rayon::join(|| self.read(a, hint, readers[0]), || self.read(b, hint, readers[1]));
        let digests: Vec<_> = ra.digests.iter().cloned().zip(rb.digests.iter().cloned()).collect();
        Compared {
            digests,
            ..self.opened_artifact(a, b, at, (ra, rb))
        }
    }

    /// Bytes, opened by what holds them or by what they are.
    fn read(&self, bytes: &Blob, hint: Option<FormatId>, reader: Option<&Reader>) -> Reading {
        if let Some(Reader(read)) = reader {
            return read(bytes);
        }
        let (opened, malformed) = self.opener.open(bytes, hint);
        Reading {
            opened,
            malformed,
            digests: Vec::new(),
        }
    }

    /// Both as opaque bytes.
    fn whole(&self, a: &Blob, b: &Blob, at: At, note: Option<String>) -> Compared {
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
        compared(at, a, b, spots)
    }

    fn opened_artifact(&self, a: &Blob, b: &Blob, at: At, (ra, rb): (Reading, Reading)) -> Compared {
        let ((oa, ma), (ob, mb)) = ((ra.opened, ra.malformed), (rb.opened, rb.malformed));
        // All of it was perhaps read; what is equal is read once more, piece by piece.
        a.release();
        b.release();
        let mut notes = Vec::new();
        let alike = ma.as_ref().filter(|m| mb.as_ref() == Some(m) && m.name().is_some());
        notes.extend(alike.map(ToString::to_string));
        let each = [("a", &ma), ("b", &mb)].into_iter().filter(|_| alike.is_none());
        for (letter, malformed) in each {
            let Some(malformed) = malformed else { continue };
            if malformed.limit {
                self.undetermined(&at.address, format!("{letter}: {malformed}"));
            }
            notes.push(match malformed.name() {
                Some(_) => format!("{letter}: {malformed}"),
                None => format!("{letter} is opaque bytes here: {malformed}"),
            });
        }
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        if oa.format != ob.format {
            if let Some(compared) = self.unwrapped(&at, (a, &oa), (b, &ob)) {
                return compared;
            }
            let note = note.unwrap_or_else(|| format!("a is {}, b is {}", oa.format, ob.format));
            return self.whole(a, b, at, Some(note));
        }
        let at = self.opened(at, oa.format);
        let (oa, ob) = self.placed(oa.format, a, b).unwrap_or((oa, ob));
        let order = oa.order.of_both(ob.order);
        let mut spots = self.parts(
            &at,
            order,
            (a, &oa.parts, Span::new(0, a.len())),
            (b, &ob.parts, Span::new(0, b.len())),
        );
        if spots.is_empty() {
            // A parser that sees no difference must not hide one.
            return self.whole(a, b, at, Some("no part differs, the bytes do".to_owned()));
        }
        if let (Some(Spot::Leaf(entry)), Some(note)) = (spots.first_mut(), note) {
            entry.note = Some(note);
        }
        let rights = rights::of((a, &oa.parts), (b, &ob.parts), &spots);
        Compared {
            rights,
            ..compared(at, a, b, spots)
        }
    }

    /// Two programs of which one is laid out in another way, opened with what is known of both.
    fn placed(&self, format: FormatId, a: &Blob, b: &Blob) -> Option<(Opened, Opened)> {
        let space = |bytes| self.opener.space(format, bytes);
        let (mut x, mut y) = (space(a)?, space(b)?);
        if !places::moved((a, &x), (b, &y)) {
            return None;
        }
        let links = |bytes, space: &Space| self.opener.links(format, bytes, space);
        (x.links, y.links) = rayon::join(|| links(a, &x), || links(b, &y));
        let found = Arc::new(places::places((a, x), (b, y)));
        let open = |bytes, of| self.opener.open_at(format, bytes, &found, of);
        Some((open(a, Of::A)?, open(b, Of::B)?))
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
            let (x, y) = (side(a.0, a.2, &Value::Raw), side(b.0, b.2, &Value::Raw));
            return noted(self.leaf(at, "", Role::Content, x, y), "parts overlap".to_owned());
        };
        // A few bytes may hold very many parts, and each costs more than they do.
        let count = a.1.len() + b.1.len();
        if count > at.room {
            let note = format!("{count} parts: compared as a whole");
            return self.flat(at, "", (a.0, a.2), (b.0, b.2), note);
        }
        let at = &At {
            room: at.room - count,
            ..at.clone()
        };
        self.settle((a.0, &pa), (b.0, &pb));
        let kindred = self.kindred(&pa, &pb);
        let aligned = align::align(
            &pa,
            &pb,
            order,
            [&|part| self.content(a.0, part), &|part| self.content(b.0, part)],
            kindred.as_deref(),
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
            found.into_iter().for_each(|more| append(&mut spots, more));
        } else {
            aligned.pairs.iter().for_each(|pair| append(&mut spots, one(pair)));
        }
        spots
    }

    /// Two ranges with more parts than can be held: by line where they are text.
    fn flat(&self, at: &At, name: &str, a: (&Blob, Span), b: (&Blob, Span), note: String) -> Vec<Spot> {
        let (a, b) = (side(a.0, a.1, &Value::Raw), side(b.0, b.1, &Value::Raw));
        let binary = |side: &Side| memchr::memchr(0, &side.unit).is_some();
        let role = if binary(&a) || binary(&b) {
            Role::Content
        } else {
            Role::Text
        };
        noted(self.leaf(at, name, role, a, b), note)
    }

    pub(super) fn pair(&self, at: &At, order: Order, a: &Blob, pa: &Part, b: &Blob, pb: &Part) -> Vec<Spot> {
        if self.stopped.load(Relaxed) {
            return Vec::new();
        }
        let (ra, rb) = (a.slice(pa.span), b.slice(pb.span));
        let mut spots = Vec::new();
        // The name of a list's item is its value: that differs by itself.
        // Of two that are paired without the suffix of a compression, the format's own fields tell what differs.
        let packed =
            matches!((&pa.body, &pb.body), (Body::Group(_), Body::Group(_))) && bare(&pa.name) == bare(&pb.name);
        let how = self.paired_by(pa, pb);
        // Entries of a list are called by their place, and what they speak of is called by itself.
        let placed = how.is_some() && at.kind == Kind::Data;
        if pa.name != pb.name && order != Order::Items && !packed && !placed {
            let how = how.unwrap_or("content");
            let note = format!("{} in a, {} in b: paired by {how}", pa.name, pb.name);
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
        // An equal number that names something else is a difference, and so are equal bytes that are decoded in another way.
        if ra[..] == rb[..]
            && !elsewhere
            && target(pa) == target(pb)
            && leads(pa) == leads(pb)
            && method(pa) == method(pb)
        {
            ra.release();
            rb.release();
            self.done(ra.len() + rb.len());
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
                    let inner = At {
                        inert: at.inert || ga.inert && gb.inert,
                        ..at.child(&pa.name)
                    };
                    let spots = self.parts(&inner, order, (a, xa.as_slice(), pa.span), (b, xb.as_slice(), pb.span));
                    if spots.is_empty() && ra[..] != rb[..] {
                        plain(Role::Content)
                    } else {
                        spots
                    }
                }
                (x, y) => {
                    let failed = [("a", x.err()), ("b", y.err())];
                    let failed = || failed.iter().filter_map(|(s, e)| Some((s, e.as_ref()?)));
                    let limit = failed().any(|(_, e)| e.limit);
                    let how = if limit { "not opened" } else { "opaque bytes" };
                    let note: Vec<_> = failed().map(|(s, e)| format!("{s} is {how} here: {e}")).collect();
                    if limit {
                        self.flat(at, &pa.name, (a, pa.span), (b, pb.span), note.join("; "))
                    } else {
                        noted(plain(Role::Content), note.join("; "))
                    }
                }
            },
            (Body::Member(ma), Body::Member(mb)) => self.member(at, a, pa, ma, b, pb, mb),
            _ => plain(Role::Content),
        };
        append(&mut spots, more);
        ra.release();
        rb.release();
        spots
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
            Some(part) => side(bytes, part.span, &entry::value(bytes, part)),
            None => Side {
                present: false,
                ..side(bytes, Span::at(insertion, 0), &Value::Raw)
            },
        };
        let (x, y) = (present(a, pa, ia), present(b, pb, ib));
        self.done(part.span.len());
        let change = Change {
            a: Span::new(0, x.unit.len()),
            b: Span::new(0, y.unit.len()),
        };
        vec![self.entry(at, &part.name, Role::Presence, x, y, Some(vec![change]))]
    }
}

/// Long lists are not copied.
fn append(spots: &mut Vec<Spot>, more: Vec<Spot>) {
    if spots.is_empty() {
        *spots = more;
    } else {
        spots.extend(more);
    }
}

/// Where the bytes of a field lead.
fn leads(part: &Part) -> Option<&Links> {
    match &part.body {
        Body::Field(_, value) => links(value),
        _ => None,
    }
}

/// What a reference names.
fn target(part: &Part) -> Option<&[u8]> {
    match &part.body {
        Body::Field(_, Value::Target(target)) => Some(target),
        _ => None,
    }
}
