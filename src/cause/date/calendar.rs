//! Days, months and years by the calendar.

/// Days from 1970-01-01 (proleptic Gregorian).
pub(super) fn days((year, month, day): (i64, i64, i64)) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// The year of a moment.
pub fn year(seconds: i64) -> i64 {
    month(seconds).div_euclid(12)
}

/// The month of a moment, counted from the year 0.
pub fn month(seconds: i64) -> i64 {
    let day = seconds.div_euclid(86_400);
    let first = |month: i64| days((month.div_euclid(12), month.rem_euclid(12) + 1, 1));
    // Months have 30.44 days: this is at most one off.
    let guess = 1970 * 12 + (day as f64 / 30.436_875).floor() as i64;
    (guess - 1..=guess + 1)
        .rev()
        .find(|month| first(*month) <= day)
        .unwrap_or(guess)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_on_their_first_day() {
        for at in (1970 * 12)..(2100 * 12) {
            let first = days((at / 12, at % 12 + 1, 1)) * 86_400;
            assert_eq!((month(first), month(first - 1), year(first)), (at, at - 1, at / 12));
        }
    }
}
