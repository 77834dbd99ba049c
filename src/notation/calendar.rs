//! The Gregorian calendar, also for the years before it was there. All in UTC.

use toml::value::{Datetime, Offset};

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Days since 1970 of a year, month and day. Years that start in March have their leap day last.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let day = of_year - (153 * march + 2) / 5 + 1;
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Seconds since 1970 of what TOML has read and found valid; `None` if it has no date. What is not given is zero, the offset too.
pub fn seconds(found: &Datetime) -> Option<i64> {
    let date = found.date?;
    let days = days(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let time = found.time.map_or(0, |time| {
        i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + i64::from(time.second.unwrap_or(0))
    });
    let offset = match found.offset {
        Some(Offset::Custom { minutes }) => i64::from(minutes) * 60,
        _ => 0,
    };
    Some(days * DAY + time - offset)
}

/// `2026-11-27`, of a number of days since 1970.
pub fn date(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day of a moment, in seconds since 1970: `2026-11-27`.
pub fn day(seconds: i64) -> String {
    date(seconds.div_euclid(DAY))
}

/// A moment, in seconds since 1970, without its zone: `2026-11-27T10:00:00`.
pub fn moment(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}", day(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_there_and_back() {
        let mut last = civil(-800_001);
        for at in -800_000..800_000 {
            let (year, month, date) = civil(at);
            assert_eq!(days(year, month, date), at);
            assert!((year, month, date) > last, "{at}");
            last = (year, month, date);
        }
    }

    #[test]
    fn moments_are_as_date_has_them() {
        for (written, number) in [
            ("1970-01-01T00:00:00", 0),
            ("2024-02-29T12:34:56", 1_709_210_096), // `date -u -d 2024-02-29T12:34:56Z +%s`
            ("1969-12-31T23:59:59", -1),
            ("2000-03-01T00:00:00", 951_868_800),
            ("9999-12-31T23:59:59", 253_402_300_799),
            ("0001-01-01T00:00:00", -62_135_596_800),
        ] {
            assert_eq!(moment(number), written);
            assert_eq!(seconds(&written.parse().unwrap()), Some(number));
        }
        // No number of seconds makes it overflow.
        day(i64::MIN);
        day(i64::MAX);
        assert_eq!(
            seconds(&"2024-02-29T13:34:56+01:00".parse().unwrap()),
            Some(1_709_210_096)
        );
        assert_eq!(seconds(&"10:00:00".parse().unwrap()), None);
    }
}
