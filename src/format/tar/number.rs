//! Numbers of headers and records. A value is known only where no byte of the field could hide anything else.

/// Octal digits with spaces or NULs around them (none at all are 0), or GNU's base-256 of a positive number.
pub(super) fn strict(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        return u64::try_from(binary(field)?).ok();
    }
    let around = |b: &u8| matches!(b, b' ' | 0);
    let start = field.iter().position(|b| !around(b)).unwrap_or(field.len());
    let end = field.iter().rposition(|b| !around(b)).map_or(start, |i| i + 1);
    octal(&field[start..end])
}

/// What an extractor takes the field for: what stands behind the first number is passed over.
pub(super) fn loose(field: &[u8]) -> Option<u64> {
    strict(field).or_else(|| {
        let start = field.iter().position(|&b| b != b' ')?;
        let digits = field[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        octal(&field[start..start + digits]).filter(|_| digits > 0)
    })
}

/// A time, which may lie before 1970.
pub(super) fn seconds(field: &[u8]) -> Option<i64> {
    if field.first()? & 0x80 != 0 {
        return binary(field);
    }
    i64::try_from(strict(field)?).ok()
}

fn octal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |n, &b| {
        let digit = (b as char).to_digit(8)?;
        n.checked_mul(8)?.checked_add(u64::from(digit))
    })
}

/// Two's complement, big-endian, with the first bit as the mark of this form.
fn binary(field: &[u8]) -> Option<i64> {
    let (&first, rest) = field.split_first()?;
    // The second bit is the sign.
    let first = if first & 0x40 != 0 {
        i64::from(first as i8)
    } else {
        i64::from(first & 0x7f)
    };
    rest.iter()
        .try_fold(first, |n, &b| n.checked_mul(256)?.checked_add(i64::from(b)))
}

/// Decimal digits and nothing else.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clean_field_has_a_value() {
        assert_eq!(strict(b"0000644\0"), Some(0o644));
        assert_eq!(strict(b"   644 \0"), Some(0o644));
        assert_eq!(strict(b"006143\0 "), Some(0o6143));
        assert_eq!(strict(b"\0\0\0\0\0\0\0\0"), Some(0));
        for hidden in [b"644\0evil", b"644 0644", b"00006 44", b"0000648\0", b"-0000644"] {
            assert_eq!(strict(hidden), None, "{hidden:?}");
        }
        assert_eq!(loose(b"644\0evil"), Some(0o644));
        assert_eq!(loose(b"evil\x00644"), None);
    }

    #[test]
    fn base_256_is_signed() {
        assert_eq!(strict(b"\x80\0\0\0\0\0\0\x07"), Some(7));
        assert_eq!(strict(b"\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(seconds(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), Some(-1));
        assert_eq!(seconds(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00"), Some(-256));
        assert_eq!(seconds(b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None);
    }
}
