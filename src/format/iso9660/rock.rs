//! Rock Ridge (IEEE P1282) in system use fields (P1281): names, rights, times and links as POSIX has them.

use super::{SECTOR, both, digits, seven};
use crate::{
    format::{sections::Words, volume::Listing},
    model::{Blob, Malformed, Span, Value},
};
use std::borrow::Cow;

/// Fields of one record.
const FIELDS: usize = 1024;

/// What a record's fields say.
#[derive(Default)]
pub(super) struct Rock {
    pub(super) kind: &'static str,
    pub(super) name: Option<Vec<u8>>,
    pub(super) mode: Option<u32>,
    pub(super) owner: Option<(u64, u64)>,
    pub(super) times: Vec<(&'static str, Vec<u8>, Value)>,
    pub(super) target: Option<Vec<u8>>,
    pub(super) other: Vec<(Cow<'static, str>, Vec<u8>)>,
}

/// Bytes to skip before each record's fields, as the root says.
pub(super) fn skip(system: &[u8]) -> usize {
    match system {
        [b'S', b'P', 7, 1, 0xbe, 0xef, skip, ..] => usize::from(*skip),
        _ => 0,
    }
}

/// A system use field that is none of ours.
pub(super) fn plain(image: &Blob, system: Span) -> Rock {
    let mut rock = Rock {
        kind: "file",
        ..Rock::default()
    };
    if !system.is_empty() {
        rock.other.push(("system use".into(), image.slice(system).to_vec()));
    }
    rock
}

/// Reads the fields, and those that continue them elsewhere.
pub(super) fn read(image: &Blob, system: Span, skip: usize, mut list: Option<&mut Listing>) -> Result<Rock, Malformed> {
    let mut rock = Rock {
        kind: "file",
        ..Rock::default()
    };
    let mut next = vec![Span::new((system.start + skip).min(system.end), system.end)];
    let (mut name, mut target, mut open) = (Vec::new(), Vec::new(), false);
    let (mut named, mut linked, mut count) = (false, false, 0);
    while let Some(area) = next.pop() {
        let mut at = area.start;
        while at + 4 <= area.end {
            let word = Words::little(image);
            let (sign, length) = (word.slice(at, 2)?, word.position(at + 2, 1)?);
            count += 1;
            if length < 4 || at + length > area.end || count > FIELDS {
                break;
            }
            let body = word.slice(at + 4, length - 4)?;
            if word.u8(at + 3)? != 1 {
                rock.other
                    .push(("version of a field".into(), word.slice(at, 4)?.to_vec()));
            }
            match sign {
                b"CE" if body.len() == 24 => {
                    let place = [0, 4, 8].map(|n| word.u32(at + 4 + n * 2));
                    let [sector, offset, size] = [place[0].clone()?, place[1].clone()?, place[2].clone()?];
                    if let Some(list) = list.as_deref_mut() {
                        for n in [0, 8, 16] {
                            let number = both::<4>(image, at + 4 + n, list)?;
                            list.place(number);
                        }
                    }
                    let start = (sector as usize).saturating_mul(SECTOR).saturating_add(offset as usize);
                    let area = Span::at(start, size as usize);
                    if area.end > image.len() || area.len() > 1 << 16 {
                        return Err(Malformed::truncated(image.len(), "the rest of a record"));
                    }
                    if let Some(list) = list.as_deref_mut() {
                        list.take(area);
                    }
                    next.push(area);
                }
                b"NM" if !body.is_empty() && body[0] & !1 == 0 => {
                    name.extend_from_slice(&body[1..]);
                    named = true;
                }
                b"PX" if body.len() >= 32 => rights(&mut rock, image, at + 4, body, list.as_deref_mut())?,
                b"TF" if !body.is_empty() => stamps(&mut rock, body),
                b"SL" if !body.is_empty() => {
                    linked = true;
                    components(&mut target, &mut open, &body[1..]);
                    rock.other.push(("link flags".into(), vec![body[0]]));
                }
                b"ST" => break,
                _ => {
                    // The fields of relocated folders, devices and compression; what Rock Ridge is.
                    let sign = String::from_utf8_lossy(sign).into_owned();
                    rock.other.push((format!("field {sign}").into(), body.to_vec()));
                }
            }
            at += length;
        }
        let rest = image.slice(Span::new(at, area.end.max(at)));
        if rest.iter().any(|&b| b != 0) {
            rock.other.push(("behind the fields".into(), rest.to_vec()));
        }
    }
    rock.name = named.then_some(name);
    rock.target = linked.then_some(target);
    Ok(rock)
}

/// PX: mode, links, user, group, and perhaps a serial number, each in both byte orders.
fn rights(rock: &mut Rock, image: &Blob, at: usize, body: &[u8], list: Option<&mut Listing>) -> Result<(), Malformed> {
    let word = Words::little(image);
    let mode = word.u32(at)?;
    rock.kind = match mode & 0o170_000 {
        0o010_000 => "FIFO",
        0o020_000 => "character device",
        0o060_000 => "block device",
        0o120_000 => "symlink",
        0o140_000 => "socket",
        _ => "file",
    };
    rock.mode = Some((mode & 0o7777) as u32);
    rock.owner = Some((word.u32(at + 16)?, word.u32(at + 24)?));
    let kind = (mode & !0o7777).to_le_bytes().to_vec();
    rock.other.push(("kind in the mode".into(), kind));
    rock.other.push(("links".into(), word.slice(at + 8, 4)?.to_vec()));
    if let Some(list) = list {
        for nth in 0..(body.len() / 8).min(5) {
            both::<4>(image, at + nth * 8, list)?;
        }
    }
    if let Some(serial) = body.get(32..36) {
        rock.other.push(("serial number".into(), serial.to_vec()));
    }
    if body.len() > 40 {
        rock.other.push(("more rights".into(), body[40..].to_vec()));
    }
    Ok(())
}

/// TF: stamps by a bit each, of seven or seventeen bytes.
fn stamps(rock: &mut Rock, body: &[u8]) {
    const NAMES: [&str; 7] = [
        "created",
        "modified",
        "accessed",
        "changed",
        "backed up",
        "expires",
        "effective",
    ];
    let flags = body[0];
    let size = if flags & 0x80 != 0 { 17 } else { 7 };
    rock.other.push(("stamps".into(), vec![flags]));
    let names = NAMES.iter().enumerate().filter(|(nth, _)| flags >> nth & 1 == 1);
    let mut rest = &body[1..];
    for (nth, name) in names {
        let Some((stamp, behind)) = rest.split_at_checked(size) else {
            break;
        };
        rest = behind;
        let value = if size == 17 { digits(stamp) } else { seven(stamp) };
        match nth {
            0..=4 => rock.times.push((name, stamp.to_vec(), value)),
            _ => rock.other.push(((*name).into(), stamp.to_vec())),
        }
    }
    if !rest.is_empty() {
        rock.other.push(("behind the stamps".into(), rest.to_vec()));
    }
}

/// SL: the parts of a path, each with flags; a part may be continued. The record's flags are listed as they are.
fn components(target: &mut Vec<u8>, open: &mut bool, mut rest: &[u8]) {
    while let [flags, length, behind @ ..] = rest {
        let (text, behind) = behind.split_at_checked(usize::from(*length)).unwrap_or((behind, &[]));
        rest = behind;
        if !*open && !target.is_empty() && target.last() != Some(&b'/') {
            target.push(b'/');
        }
        match flags & !1 {
            0 => target.extend_from_slice(text),
            2 => target.push(b'.'),
            4 => target.extend_from_slice(b".."),
            8 => target.push(b'/'),
            other => target.extend(format!("<{other:02x}>").bytes()),
        }
        *open = flags & 1 == 1;
    }
    target.extend_from_slice(rest);
}
