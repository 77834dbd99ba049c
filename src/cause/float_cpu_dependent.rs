//! float-cpu-dependent

use super::{Advice, Case, Cause, document, find};
use crate::model::{CauseId, Change, Evidence, Kind, Role, Span};

/// Results of floating point that differ in their last digits.
pub struct FloatCpuDependent;

impl Cause for FloatCpuDependent {
    fn id(&self) -> CauseId {
        "float-cpu-dependent"
    }
    fn group(&self) -> &'static str {
        "random"
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "A computed number differs in its last digits.",
            why: "Mathematical libraries and compilers use what the processor has (FMA, AVX), and threads add up in another order: each rounds otherwise.",
            fix: "write fewer digits than are computed; -ffp-contract=off and no -march=native; OPENBLAS_CORETYPE and OPENBLAS_NUM_THREADS=1; GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA to confirm",
            references: &["https://reproducible-builds.org/docs/stable-outputs/"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["cpu_model", "cpu_count", "parallelism"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if matches!(case.role, Role::Content | Role::Data) && case.kind != Kind::Executable {
            return Evidence::likely(binary(case)?).map(Evidence::hint);
        }
        if !find::textual(case) {
            return None;
        }
        let part = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'+' | b'-');
        let claims = find::words(case, part, |pair| {
            let (x, y) = find::sides(case, pair);
            close(x, y)
        });
        let evidence = Evidence::likely(find::only(case, claims))?;
        // What is computed goes into other programs, to which a digit may matter.
        Some(if document::log(case) { evidence } else { evidence.hint() })
    }
}

/// Digits that two results have in common, at least.
const COMMON: usize = 6;
/// Digits of a result, at least: no price and no measure has so many.
const DIGITS: usize = 8;

/// Whether two fractions are the same but for the last digits.
fn close(x: &[u8], y: &[u8]) -> bool {
    let (Some((p, m)), Some((q, n))) = (fraction(x), fraction(y)) else {
        return false;
    };
    // Rounded at another place, one is shorter.
    let common = p.iter().zip(&q).take_while(|(c, d)| c == d).count();
    let longest = p.len().max(q.len());
    let relative = (m - n).abs() / m.abs().max(n.abs());
    longest >= DIGITS
        && m != n
        && relative < 1e-6
        && (common >= COMMON || relative < 1e-9)
        && relative < 10f64.powi(4 - i32::try_from(longest.min(17)).unwrap_or(17))
}

/// The significant digits of a decimal fraction, and its value.
fn fraction(text: &[u8]) -> Option<(Vec<u8>, f64)> {
    let text = std::str::from_utf8(text).ok()?;
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = plain.split_once(['e', 'E']).unwrap_or((plain, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.')?;
    let sound = digits(whole) && digits(part) && digits(exponent.trim_start_matches(['+', '-'])) && text.len() <= 40;
    let all: Vec<u8> = [whole, part].concat().bytes().skip_while(|c| *c == b'0').collect();
    sound.then_some((
        all,
        text.parse()
            .ok()
            .filter(|value: &f64| value.is_finite() && *value != 0.0)?,
    ))
}

/// Numbers of eight bytes that differ in their last bits, where nothing else differs.
fn binary(case: &Case<'_>) -> Option<Vec<Change>> {
    let (a, b) = (&case.a.unit[..], &case.b.unit[..]);
    let aligned = case.a.span.start % 8 == case.b.span.start % 8;
    if a.len() != b.len() || !aligned || case.open.is_empty() {
        return None;
    }
    let skip = (8 - case.a.span.start % 8) % 8;
    let mut found = Vec::new();
    for change in case.open {
        let first = change.a.start.checked_sub(skip)? / 8 * 8 + skip;
        for at in (first..change.a.end).step_by(8) {
            let value = |unit: &[u8]| {
                unit.get(at..at + 8)
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(f64::from_le_bytes)
            };
            let (x, y) = (value(a)?, value(b)?);
            if x.to_bits() == y.to_bits() {
                continue;
            }
            let near =
                x.is_finite() && y.is_finite() && (1e-30..1e30).contains(&x.abs()) && (x - y).abs() / x.abs() < 1e-9;
            let span = Span::at(at, 8);
            near.then(|| found.push(Change { a: span, b: span }))?;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::close;

    #[test]
    fn last_digits() {
        assert!(close(b"0.30000000000000004", b"0.30000000000000010"));
        assert!(close(b"1.2345678e-05", b"1.2345679e-05"));
        assert!(close(b"3.1415926535", b"3.1415926536"));
        assert!(!close(b"19.99", b"19.98"), "a price");
        assert!(!close(b"1.2345678", b"1.2445678"), "another number");
        assert!(!close(b"12345678", b"12345679"), "no fraction");
        assert!(!close(b"1.5", b"1.5"), "the same");
    }
}
