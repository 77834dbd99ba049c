//! How far a time zone is from UTC, where that never changes. Other zones are not asked for: the answer would depend on the
//! machine's tables.

/// Zones that have kept one offset since 2001, in minutes east of UTC.
const STEADY: &[(&str, i64)] = &[
    ("Africa/Johannesburg", 120),
    ("Africa/Lagos", 60),
    ("Africa/Nairobi", 180),
    ("America/Phoenix", -420),
    ("Asia/Bangkok", 420),
    ("Asia/Calcutta", 330),
    ("Asia/Dubai", 240),
    ("Asia/Hong_Kong", 480),
    ("Asia/Jakarta", 420),
    ("Asia/Kolkata", 330),
    ("Asia/Manila", 480),
    ("Asia/Seoul", 540),
    ("Asia/Shanghai", 480),
    ("Asia/Singapore", 480),
    ("Asia/Taipei", 480),
    ("Asia/Tokyo", 540),
    ("Australia/Brisbane", 600),
    ("Pacific/Honolulu", -600),
    ("Pacific/Kiritimati", 840),
];

/// Seconds east of UTC of what TZ holds.
pub(super) fn offset(zone: &str) -> Option<i64> {
    let zone = zone.strip_prefix(':').unwrap_or(zone);
    if matches!(
        zone,
        "UTC" | "UTC0" | "GMT" | "GMT0" | "Etc/UTC" | "Etc/GMT" | "Universal" | "Zulu"
    ) {
        return Some(0);
    }
    if let Some((_, minutes)) = STEADY.iter().find(|(name, _)| *name == zone) {
        return Some(minutes * 60);
    }
    // POSIX: a name, and what is to be added to local time: `<+14>-14`, `EST5`. With a second name there is summer time.
    let rest = match zone.strip_prefix("Etc/GMT") {
        Some(rest) => rest,
        None if zone.starts_with('<') => zone.split_once('>')?.1,
        None => {
            let letters = zone.bytes().take_while(u8::is_ascii_alphabetic).count();
            (letters >= 3).then(|| &zone[letters..])?
        }
    };
    let (sign, digits) = match rest.as_bytes().first()? {
        b'-' => (1, rest.get(1..)?),
        b'+' => (-1, rest.get(1..)?),
        _ => (-1, rest),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let number = |text: &str, most: i64| {
        let plain = text.bytes().all(|c| c.is_ascii_digit());
        text.parse::<i64>().ok().filter(|n| plain && *n <= most)
    };
    Some(sign * (number(hours, 24)? * 3600 + number(minutes, 59)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zones_without_summer_time_have_an_offset() {
        for (zone, hours) in [
            ("UTC", 0),
            (":UTC", 0),
            ("<+14>-14", 14),
            ("Pacific/Kiritimati", 14),
            ("EST5", -5),
            ("Etc/GMT-3", 3),
            ("JST-9:00", 9),
        ] {
            assert_eq!(offset(zone), Some(hours * 3600), "{zone}");
        }
        for zone in [
            "",
            "Europe/Berlin",
            "CET-1CEST",
            "EST5EDT,M3.2.0,M11.1.0",
            "X",
            "<+14",
            "UTCé",
        ] {
            assert_eq!(offset(zone), None, "{zone}");
        }
    }
}
