//! Encodings by symbols of equal width: Base64, Base32, hexadecimal.

use super::{Hit, Secrets};
use memchr::memmem;

/// Symbols of an encoding that are decoded at once.
pub(super) const CHUNK: usize = 1 << 20;

/// An encoding by symbols of equal width.
pub(super) struct Encoding {
    form: &'static str,
    /// Bits of a symbol.
    bits: usize,
    /// So many symbols are whole bytes.
    phases: usize,
    value: fn(u8) -> Option<u8>,
}

pub(super) const ENCODINGS: [Encoding; 3] = [
    Encoding {
        form: "base64",
        bits: 6,
        phases: 4,
        value: |byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        },
    },
    Encoding {
        form: "base32",
        bits: 5,
        phases: 8,
        value: |byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a'),
            b'2'..=b'7' => Some(byte - b'2' + 26),
            _ => None,
        },
    },
    Encoding {
        form: "hex",
        bits: 4,
        phases: 2,
        value: |byte| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            b'A'..=b'F' => Some(byte - b'A' + 10),
            _ => None,
        },
    },
];

impl Secrets {
    /// Decodes every run of an encoding's symbols, from each position in a group, over line breaks and the spaces after them.
    pub(super) fn encoded(&self, bytes: &[u8], encoding: &Encoding, hits: &mut Vec<Hit>) {
        let longest = self.0.iter().map(|(_, value)| value.len()).max().unwrap_or(0);
        // What is kept of a full chunk holds any secret that began in it and has not ended.
        let kept = (longest * 8).div_ceil(encoding.bits) + 8;
        let mut run: Vec<(u8, usize)> = Vec::new();
        let mut indented = false;
        for (at, &byte) in bytes.iter().enumerate() {
            if let Some(value) = (encoding.value)(byte) {
                indented = false;
                run.push((value, at));
                if run.len() >= CHUNK + kept {
                    self.decoded(&run, encoding, hits);
                    run.drain(..CHUNK);
                }
            } else if matches!(byte, b'\n' | b'\r') {
                indented = true;
            } else if !(indented && matches!(byte, b' ' | b'\t')) {
                self.decoded(&run, encoding, hits);
                run.clear();
                indented = false;
            }
        }
        self.decoded(&run, encoding, hits);
    }

    fn decoded(&self, run: &[(u8, usize)], encoding: &Encoding, hits: &mut Vec<Hit>) {
        let shortest = self.0.iter().map(|(_, value)| value.len()).min().unwrap_or(0);
        if run.len() * encoding.bits < shortest * 8 {
            return;
        }
        for phase in 0..encoding.phases {
            let symbols = run.get(phase..).unwrap_or_default();
            let mut raw = Vec::with_capacity(symbols.len() * encoding.bits / 8 + 1);
            let (mut bits, mut held) = (0u32, 0);
            for (value, _) in symbols {
                bits = bits << encoding.bits | u32::from(*value);
                held += encoding.bits;
                if held >= 8 {
                    held -= 8;
                    raw.push((bits >> held & 0xff) as u8);
                }
            }
            for (name, value) in &self.0 {
                for found in memmem::find_iter(&raw, value) {
                    let first = found * 8 / encoding.bits;
                    let last = ((found + value.len()) * 8).div_ceil(encoding.bits) - 1;
                    if let (Some(first), Some(last)) = (symbols.get(first), symbols.get(last)) {
                        hits.push(Hit {
                            start: first.1,
                            end: last.1 + 1,
                            form: encoding.form,
                            name: name.clone(),
                        });
                    }
                }
            }
        }
    }
}
