//! Times and sizes as people write them.

use crate::notation::Unreadable;
use std::time::Duration;

/// Splits `10m` into 10 and `m`.
fn parts(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, text.get(end..)?.trim()))
}

/// Seconds (`90`), or a number with `s`, `m`, `h` or `d`; several of them in a row (`1h30m`) add up.
///
/// # Errors
/// It is none of these, or no time at all.
pub fn duration(text: &str) -> Result<Duration, Unreadable> {
    let wrong = || Unreadable::not(text, "a length of time: write seconds, or 90s, 10m, 2h, 1h30m");
    let mut total: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let (number, after) = parts(rest).ok_or_else(wrong)?;
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let seconds = match unit.trim() {
            "" | "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(wrong()),
        };
        total = number
            .checked_mul(seconds)
            .and_then(|n| n.checked_add(total))
            .ok_or_else(wrong)?;
        rest = next;
    }
    if total == 0 {
        return Err(wrong());
    }
    Ok(Duration::from_secs(total))
}

/// Bytes (`1000`), or a number with `k`, `M`, `G`, `T` (also `KiB`, `MB` …); all count in 1024.
///
/// # Errors
/// It is none of these, or nothing at all.
pub fn size(text: &str) -> Result<u64, Unreadable> {
    let wrong = || Unreadable::not(text, "a size: write bytes, or 500M, 2G");
    let (number, unit) = parts(text).ok_or_else(wrong)?;
    let unit = unit.to_ascii_lowercase();
    let power = match unit
        .strip_suffix("ib")
        .or_else(|| unit.strip_suffix('b'))
        .unwrap_or(&unit)
    {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << power).filter(|&n| n > 0).ok_or_else(wrong)
}

/// Seconds since 1970, with or without `@`.
///
/// # Errors
/// It is no number, or a time that not every file system and archive can hold.
pub fn moment(text: &str) -> Result<i64, Unreadable> {
    let wrong = || Unreadable::not(text, "a moment: write @N, seconds since 1970");
    let text_number = text.trim();
    let number: i64 = text_number
        .strip_prefix('@')
        .unwrap_or(text_number)
        .parse()
        .map_err(|_| wrong())?;
    // zip begins in 1980; the variation of time goes years ahead, and 32 bits end in 2038.
    if (315_619_200..2_082_758_400).contains(&number) {
        Ok(number)
    } else {
        Err(Unreadable::new(
            text,
            "the clock must show a time between 1980-01-02 and 2036-01-01",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, seconds) in [
            ("90", 90),
            ("10m", 600),
            ("2h", 7200),
            ("1h30m", 5400),
            ("1 h 5", 3605),
            ("2d", 172_800),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "m",
            "-1",
            "0",
            "1.5h",
            "10 parsecs",
            "99999999999999999999",
            "9999999999999999999h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_and_moments() {
        for (text, bytes) in [
            ("1", 1),
            ("500M", 500 << 20),
            ("2 GiB", 2 << 30),
            ("3kB", 3072),
            ("7b", 7),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "x", "1e9", "99999999999T"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert_eq!(moment("@1700000000"), Ok(1_700_000_000));
        assert_eq!(moment("1700000000"), Ok(1_700_000_000));
        assert!(moment("@5").is_err() && moment("now").is_err());
    }
}
