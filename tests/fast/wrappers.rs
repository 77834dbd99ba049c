//! Compressed streams made by the real tools: they decode to what went in, or not at all.

use repro::{
    format::FORMATS,
    model::{Blob, Body, Content, Part, Parts},
};
use std::{
    io::Write,
    process::{Command, Stdio},
};

const LIMIT: u64 = 1 << 30;

/// Standard output of a shell command that is fed `input`.
fn tool(command: &str, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh");
    let mut stdin = child.stdin.take().expect("piped");
    let fed = input.to_vec();
    let feeder = std::thread::spawn(move || {
        // A tool that ends early does not read all.
        let _ = stdin.write_all(&fed);
    });
    let output = child.wait_with_output().expect("output");
    feeder.join().expect("no panic");
    assert!(output.status.success(), "`{command}` failed: is it installed?");
    output.stdout
}

/// Parts in file order, inside their container, not overlapping; and inside a group likewise.
fn tiles(blob: &Blob, parts: &[Part], start: usize, end: usize) {
    let mut at = start;
    for part in parts {
        assert!(
            part.span.start >= at && part.span.end <= end,
            "{} at {:?} leaves {at}..{end}",
            part.name,
            part.span
        );
        at = part.span.end;
        if let Body::Group(group) = &part.body {
            match &group.parts {
                Parts::Ready(inner) => tiles(blob, inner, part.span.start, part.span.end),
                Parts::Lazy(parse) => {
                    if let Ok(inner) = parse(blob) {
                        tiles(blob, &inner, part.span.start, part.span.end);
                    }
                }
            }
        }
    }
}

/// What the wrapper `id` makes of `bytes`: its members decoded, one behind the other.
fn decode(id: &str, bytes: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    let format = FORMATS.iter().find(|format| format.id() == id).expect("registered");
    let blob = Blob::from(bytes.to_vec());
    if !format.detect(&blob) {
        return Err("not detected".to_owned());
    }
    let opened = format.open(&blob).map_err(|error| error.to_string())?;
    tiles(&blob, &opened.parts, 0, blob.len());
    let mut all = Vec::new();
    for part in &opened.parts {
        if let Body::Member(member) = &part.body {
            let Content::Encoded(decoder) = &member.content else {
                continue;
            };
            let decoded = decoder
                .decode(&blob.slice(part.span), limit)
                .map_err(|error| format!("{}{error}", if error.limit { "limit: " } else { "" }))?;
            all.extend_from_slice(&decoded);
        }
    }
    Ok(all)
}

/// A small generator of numbers (xorshift), so that every run sees the same.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Bytes that compress, but not to nothing.
fn sample(length: usize) -> Vec<u8> {
    let mut numbers = Seeded(0x9e37_79b9_7f4a_7c15);
    let mut bytes = Vec::with_capacity(length + 64);
    while bytes.len() < length {
        let number = numbers.next();
        bytes.extend_from_slice(format!("line {} of {:x}\n", number % 100, number % 0xffff).as_bytes());
        if number.is_multiple_of(7) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    bytes.truncate(length);
    bytes
}

/// Encoders of each format, by the tools' settings that change the stream.
const ENCODERS: &[(&str, &str)] = &[
    ("xz", "xz -0"),
    ("xz", "xz -6e --check=crc32"),
    ("xz", "xz --check=sha256"),
    ("xz", "xz --check=none"),
    ("xz", "xz -T2 --block-size=65536"),
    ("xz", "xz --x86 --lzma2=preset=1"),
    ("xz", "xz --delta=dist=4 --lzma2=preset=1,lc=2,lp=2"),
    ("zstd", "zstd -q -1"),
    ("zstd", "zstd -q -19 --no-check"),
    ("zstd", "zstd -q --long=27"),
    ("bzip2", "bzip2 -1"),
    ("bzip2", "bzip2 -9"),
    ("lz4", "lz4 -q -1"),
    ("lz4", "lz4 -q -9 -BD --content-size"),
    ("lz4", "lz4 -q -B4 -BX --no-frame-crc"),
    ("lz4", "lz4 -q -l"),
    ("lzma", "xz -q --format=lzma -0"),
    ("gzip", "gzip -n"),
    ("gzip", "gzip -1"),
    ("gzip", "pigz -9"),
    ("zstd", "cat > $$.tmp; zstd -q -c --content-size $$.tmp; rm $$.tmp"),
];

/// Those that need no file.
fn piped() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENCODERS.iter().copied().filter(|(_, encoder)| !encoder.contains("$$"))
}

#[test]
fn the_tools_streams_decode_to_what_went_in() {
    let directory = tempfile::tempdir().expect("tempdir");
    for length in [0, 1, 6000, 300_000, 17_000_000] {
        let input = sample(length);
        for (id, encoder) in ENCODERS {
            // Only the quick ones with bytes enough for a temporary file.
            let quick = ["xz -T2", "-q -1", "$$", "gzip -1"]
                .iter()
                .any(|mark| encoder.contains(mark));
            if length == 17_000_000 && !quick {
                continue;
            }
            let stream = tool(
                &format!("cd {} && {{ {encoder}; }}", directory.path().display()),
                &input,
            );
            let decoded = decode(id, &stream, LIMIT).unwrap_or_else(|error| panic!("{encoder}, {length}: {error}"));
            assert!(decoded == input, "{encoder}, {length} bytes: other bytes");
        }
    }
}

#[test]
fn streams_behind_each_other_are_one_file() {
    let (first, second) = (sample(5000), sample(7000));
    for (id, encoder) in piped() {
        let both = [tool(encoder, &first), tool(encoder, &second)].concat();
        let decoded = decode(id, &both, LIMIT);
        // gzip's members are parts of their own, each with its header, and LZMA alone has no second stream.
        if id == "gzip" {
            continue;
        }
        match decoded {
            Ok(decoded) => assert!(decoded == [&first[..], &second[..]].concat(), "{encoder}: other bytes"),
            Err(error) => assert!(id == "lzma", "{encoder}: {error}"),
        }
    }
}

#[test]
fn a_cut_stream_never_decodes() {
    for (id, encoder) in piped() {
        let stream = tool(encoder, &sample(700));
        for length in 0..stream.len() {
            let decoded = decode(id, &stream[..length], LIMIT);
            // A legacy frame has no end mark: after its magic number alone, nothing is missing.
            if encoder.ends_with("-l") && length == 4 {
                continue;
            }
            assert!(decoded.is_err(), "{encoder}: {length} of {} bytes decode", stream.len());
        }
    }
}

#[test]
fn a_changed_stream_never_decodes_to_other_bytes() {
    let input = sample(700);
    let mut numbers = Seeded(42);
    for (id, encoder) in piped() {
        // Without a checksum, other bytes are what the stream says; what remains to be seen is that nothing panics.
        let unchecked = ["none", "no-check", "-l", "lzma"]
            .iter()
            .any(|mark| encoder.contains(mark));
        let stream = tool(encoder, &input);
        for round in 0..4 * stream.len() {
            let mut changed = stream.clone();
            let at = round % stream.len();
            changed[at] ^= (numbers.next() % 255 + 1) as u8;
            if let Ok(decoded) = decode(id, &changed, LIMIT) {
                assert!(
                    unchecked || decoded == input,
                    "{encoder}: byte {at} changed, decodes to other bytes"
                );
            }
        }
    }
}

#[test]
fn bytes_behind_a_stream_are_refused() {
    for (id, encoder) in piped() {
        let plain = tool(encoder, &sample(700));
        let stream = [plain.clone(), b"hidden payload".to_vec()].concat();
        let input = |bytes: &[u8]| repro::diff::Input::from_bytes("stream", bytes.to_vec());
        let report = repro::diff::diff(&input(&plain), &input(&stream), &repro::diff::Options::default());
        assert_eq!(report.verdict, repro::model::Verdict::Different, "{encoder}");
        // Bytes behind a gzip member are a part of the file by themselves.
        if id == "gzip" {
            continue;
        }
        assert!(
            decode(id, &stream, LIMIT).is_err(),
            "{encoder}: hides what is behind its end"
        );
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let encoders = [
        ("xz", "xz -1 -T1"),
        ("zstd", "zstd -q -1"),
        ("bzip2", "bzip2 -1"),
        ("lz4", "lz4 -q"),
        ("lzma", "xz --format=lzma -1"),
        ("gzip", "gzip -1"),
    ];
    for (id, encoder) in encoders {
        let bomb = tool(&format!("head -c 400000000 /dev/zero | {encoder}"), b"");
        let error = decode(id, &bomb, 1 << 26).expect_err("over the limit");
        assert!(error.starts_with("limit"), "{encoder}: {error}");
    }
}

#[test]
fn json_of_any_bytes_tiles_or_is_none() {
    let format = FORMATS.iter().find(|format| format.id() == "json").expect("registered");
    let text = br#" {"name": "x", "list": [1, -2.5e+3, "a\u0041\n", {}, []], "deep": {"a": [{"id": "q", "v": null}, {"id": "r", "v": true}]}} "#;
    let whole = Blob::from(text.to_vec());
    assert!(format.detect(&whole));
    tiles(&whole, &format.open(&whole).expect("JSON").parts, 0, whole.len());
    let mut numbers = Seeded(7);
    for round in 0..text.len() * 20 {
        let mut changed = text.to_vec();
        changed[round % text.len()] = numbers.next() as u8;
        changed.truncate(text.len() - (numbers.next() % 3) as usize);
        let blob = Blob::from(changed);
        if format.detect(&blob) {
            tiles(&blob, &format.open(&blob).expect("detected").parts, 0, blob.len());
        }
    }
    for not in [
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "1",
        "{}{}",
        "{\"a\":01}",
        "[\"\\x\"]",
        "{\"a\":1}\n{\"a\":2}\n",
    ] {
        assert!(!format.detect(not.as_bytes()), "{not}");
    }
    let deep = Blob::from("[".repeat(100_000).into_bytes());
    assert!(format.open(&deep).is_err(), "a stack is not endless");
}
