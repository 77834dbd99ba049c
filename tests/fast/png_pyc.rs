//! PNG and compiled Python: parts tile, damage is seen, and what runs or is shown is never explained away.

use crate::support;
use repro::{
    format::FORMATS,
    model::{Blob, Body, Part, Parts, Role, Span, Verdict},
};
use std::{fs, process::Command};

/// A module with every kind of constant, nested functions and shared names.
const MODULE: &str = r#"
"""A module."""
import os
BIG = 123456789012345678901234567890
VALUES = (1.5, -2j, None, True, False, ..., b"bytes", "ünïcode", {"key": 1})
LONG = "x" * 3 + "a text that is longer than one that is interned, with spaces"

def outer(first, /, second=2, *rest, third, **more):
    def inner(value):
        return [value, first, second] + list(rest)
    if second in {1, 2, 3}:
        return inner(third)[1:2]
    try:
        return sum(os.stat(name).st_size for name in rest)
    except OSError as error:
        raise ValueError(f"{error}: {more!r}") from error

class Thing:
    def method(self):
        return __class__, self.method, outer
"#;

fn module() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (source, output) = (folder.path().join("module.py"), folder.path().join("module.pyc"));
    fs::write(&source, MODULE).unwrap();
    let script = "import sys, py_compile; py_compile.compile(sys.argv[1], sys.argv[2], 'module.py', doraise=True, \
                  invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)";
    let status = Command::new("python3")
        .args(["-c", script])
        .args([&source, &output])
        .status()
        .expect("python3");
    assert!(status.success());
    fs::read(output).unwrap()
}

/// A picture as ImageMagick writes it.
fn picture() -> Vec<u8> {
    fs::read(support::corpus().join("cause/png-date/imagemagick/a.png")).unwrap()
}

/// Opens as `id`, checks that the parts tile, and lists the leaves and members by name.
fn leaves(id: &str, bytes: &[u8]) -> Option<Vec<(String, Option<Role>, Span)>> {
    fn visit(blob: &Blob, prefix: &str, parts: &[Part], span: Span, all: &mut Vec<(String, Option<Role>, Span)>) {
        let mut at = span.start;
        for part in parts {
            assert!(
                part.span.start >= at && part.span.end <= span.end,
                "{} overlaps",
                part.name
            );
            at = part.span.end;
            let name = format!("{prefix}{}", part.name);
            match &part.body {
                Body::Field(role, _) => all.push((name, Some(*role), part.span)),
                Body::Member(_) => all.push((name, None, part.span)),
                Body::Group(group) => {
                    let prefix = format!("{name}/");
                    match &group.parts {
                        Parts::Ready(parts) => visit(blob, &prefix, parts, part.span, all),
                        Parts::Lazy(parse) => match parse(blob) {
                            Ok(parts) => visit(blob, &prefix, &parts, part.span, all),
                            Err(_) => all.push((name, None, part.span)),
                        },
                    }
                }
            }
        }
    }
    let format = FORMATS.iter().find(|format| format.id() == id).expect("registered");
    let blob = Blob::from(bytes.to_vec());
    if !format.detect(&blob) {
        return None;
    }
    let opened = format.open(&blob).ok()?;
    let mut all = Vec::new();
    visit(&blob, "", &opened.parts, Span::new(0, blob.len()), &mut all);
    Some(all)
}

/// Bytes that are in some part.
fn covered(all: &[(String, Option<Role>, Span)]) -> usize {
    all.iter().map(|(_, _, span)| span.len()).sum()
}

#[test]
fn a_module_is_read_to_its_last_byte() {
    let bytes = module();
    let all = leaves("pyc", &bytes).expect("a pyc");
    assert_eq!(covered(&all), bytes.len(), "nothing is left over");
    let has = |role, text: &[u8]| {
        all.iter()
            .any(|(_, r, span)| *r == Some(role) && &bytes[span.start..span.end] == text)
    };
    for text in ["module.py", "inner", "outer", "A module.", "ünïcode"] {
        assert!(has(Role::String, text.as_bytes()), "{text}");
    }
    let code = all.iter().filter(|(_, role, _)| *role == Some(Role::Code)).count();
    assert!(code >= 5, "{code} functions");
    assert!(all.iter().any(|(_, role, _)| *role == Some(Role::Reference)));
}

#[test]
fn the_standard_library_is_read_to_the_last_byte() {
    let folder = tempfile::tempdir().unwrap();
    let script = "import sys, py_compile, json, typing, decimal, argparse, _pydecimal, os\n\
                  for i, m in enumerate((json, typing, decimal, argparse, _pydecimal, os)):\n \
                  py_compile.compile(m.__file__, f'{sys.argv[1]}/{i}.pyc', doraise=True)";
    let status = Command::new("python3")
        .args(["-W", "ignore", "-c", script])
        .arg(folder.path())
        .status()
        .expect("python3");
    assert!(status.success());
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(
            covered(&leaves("pyc", &bytes).unwrap()),
            bytes.len(),
            "{}",
            path.display()
        );
        count += 1;
    }
    assert_eq!(count, 6);
}

#[test]
fn a_picture_is_read_to_its_last_byte() {
    let bytes = picture();
    let all = leaves("png", &bytes).expect("a png");
    assert_eq!(covered(&all), bytes.len());
    assert!(all.iter().any(|(name, role, _)| name == "IDAT" && role.is_none()));
    assert!(
        all.iter()
            .any(|(name, role, _)| name == "tEXt date:modify/text" && *role == Some(Role::String))
    );
}

#[test]
fn cut_at_every_offset() {
    for (id, bytes) in [("png", picture()), ("pyc", module())] {
        for end in 0..bytes.len() {
            if let Some(all) = leaves(id, &bytes[..end]) {
                assert!(covered(&all) <= end);
            }
        }
        for end in (0..bytes.len()).step_by(97) {
            let report = support::compare_bytes(&bytes, &bytes[..end]);
            assert_eq!(report.verdict, Verdict::Different, "{id} cut at {end}");
        }
    }
}

/// Only what the format names as such may be set aside: of the code and pixels not one byte.
#[test]
fn every_flipped_byte_is_seen() {
    for (id, bytes) in [("png", picture()), ("pyc", module())] {
        let all = leaves(id, &bytes).unwrap();
        let mut seed = 0x2545_f491_4f6c_dd1du64;
        let step = (bytes.len() / 600).max(1);
        for at in (0..bytes.len()).step_by(step) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let mut other = bytes.clone();
            other[at] ^= (seed as u8).max(1);
            leaves(id, &other);
            let (name, role, _) = all
                .iter()
                .find(|(_, _, span)| span.start <= at && at < span.end)
                .unwrap();
            let report = support::compare_bytes(&bytes, &other);
            assert_ne!(report.verdict, Verdict::Identical);
            let time = *role == Some(Role::Timestamp) || name.contains("date:") && name.ends_with("/text");
            // Judged below.
            let flag = name.ends_with("/type") && bytes[at] ^ other[at] == 0x80;
            if !time && !flag {
                assert_eq!(report.verdict, Verdict::Different, "{id}: {name} at {at}");
            }
        }
    }
}

/// A flag that moves what the references count to: the same numbers would name other objects.
#[test]
fn a_reference_to_another_object_is_seen() {
    let bytes = module();
    let all = leaves("pyc", &bytes).unwrap();
    let types: Vec<usize> = all
        .iter()
        .filter(|(name, ..)| name.ends_with("/type"))
        .map(|(.., span)| span.start)
        .collect();
    let references: Vec<usize> = all
        .iter()
        .filter(|(_, role, _)| *role == Some(Role::Reference))
        .map(|(.., span)| u32::from_le_bytes(bytes[span.start + 1..span.end].try_into().unwrap()) as usize)
        .collect();
    let (mut moved, mut set_aside) = (0, 0);
    for &at in &types {
        let mut other = bytes.clone();
        other[at] ^= 0x80;
        let verdict = support::compare_bytes(&bytes, &other).verdict;
        let before = types.iter().filter(|&&t| t < at && bytes[t] & 0x80 != 0).count();
        if references.iter().any(|&number| number >= before) {
            assert_eq!(verdict, Verdict::Different, "flag at {at}");
            moved += 1;
        } else {
            set_aside += usize::from(verdict == Verdict::Explained);
        }
    }
    assert!(moved > 10 && set_aside > 0, "{moved} moved, {set_aside} set aside");
}

/// A picture of 64 by 64 pixels whose zlib stream is cut into chunks of `cut` bytes.
fn stream(zlib: &[u8], cut: usize) -> Vec<u8> {
    let mut all = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        let body = [kind, data].concat();
        all.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        all.extend(&body);
        all.extend(crc32fast::hash(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0]);
    for data in zlib.chunks(cut) {
        chunk(b"IDAT", data);
    }
    chunk(b"IEND", b"");
    all
}

/// Equal pixels are equal however they are stored; a stream with a wrong sum or with bytes behind its end is not set aside.
#[test]
fn pixels_are_compared_decoded() {
    let pixels: Vec<u8> = (0..64u32 * 65)
        .map(|i| if i % 65 == 0 { 0 } else { ((i * i) >> 5) as u8 & 7 })
        .collect();
    let pack = |pixels: &[u8], level| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
        std::io::Write::write_all(&mut encoder, pixels).unwrap();
        encoder.finish().unwrap()
    };
    let (small, fast) = (pack(&pixels, 9), pack(&pixels, 1));
    let base = stream(&small, 1000);
    let judge = |zlib: &[u8]| support::compare_bytes(&base, &stream(zlib, 77));
    for same in [&small, &fast] {
        let report = judge(same);
        assert_eq!(report.verdict, Verdict::Explained);
        assert_eq!(support::named(&report, false), ["compression-settings"].into());
    }
    let mut wrong_sum = fast.clone();
    *wrong_sum.last_mut().unwrap() ^= 1;
    let mut pixel = pixels.clone();
    pixel[1000] ^= 1;
    let hidden = [&fast[..], b"hidden"].concat();
    for other in [&wrong_sum[..], &hidden, &fast[..fast.len() - 3], &pack(&pixel, 9)] {
        assert_eq!(judge(other).verdict, Verdict::Different);
    }
}
