//! Moments of which every part differs: a build that shows only the month, or only the minute, is to be found out too.

use crate::notation::calendar::{DAY, civil};

/// Far enough for another month, and for `ls -l` to show the year in place of the hour.
pub const SEASON: i64 = 190 * DAY;

/// Which way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the past.
    Earlier,
    /// Into the future.
    Later,
}

/// The parts of a date, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: i64,
    month: i64,
    day: i64,
    /// 0 is Thursday, the weekday of 1970-01-01.
    weekday: i64,
    /// 0 is 1 January.
    day_of_year: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Date {
    fn of(moment: i64) -> Date {
        let (days, seconds) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let before = (1..month).map(|m| match m {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        });
        Date {
            year,
            month,
            day,
            weekday: days.rem_euclid(7),
            day_of_year: before.sum::<i64>() + day - 1,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
        }
    }

    /// Whether every part differs, in all usual ways to write it.
    fn unlike(&self, other: &Date) -> bool {
        self.year % 100 != other.year % 100
            && self.month != other.month
            && self.day != other.day
            && self.weekday != other.weekday
            && self.day_of_year % 2 != other.day_of_year % 2
            && self.hour % 12 != other.hour % 12
            && (self.hour < 12) != (other.hour < 12)
            && self.minute != other.minute
            && self.second / 2 != other.second / 2
    }
}

/// A moment that is nowhere like `from`, looked for from `start` on.
pub fn unlike(from: i64, start: i64, direction: Direction) -> i64 {
    // Some hours, minutes and seconds more than a day, so that every part moves on.
    let step = match direction {
        Direction::Earlier => -(DAY + 5 * 3600 + 7 * 60 + 11),
        Direction::Later => DAY + 5 * 3600 + 7 * 60 + 11,
    };
    let original = Date::of(from);
    let mut moment = start + step;
    // Within two years there is one for any moment, as the test below shows.
    for _ in 0..800 {
        if Date::of(moment).unlike(&original) {
            break;
        }
        moment += step;
    }
    moment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let date = Date::of(1_709_210_096); // Thu, 29 Feb 2024 12:34:56 UTC
        assert_eq!((date.year, date.month, date.day), (2024, 2, 29));
        assert_eq!((date.hour, date.minute, date.second), (12, 34, 56));
        assert_eq!((date.weekday, date.day_of_year), (0, 59));
        let date = Date::of(-1);
        assert_eq!((date.year, date.month, date.day, date.hour), (1969, 12, 31, 23));
        assert_eq!(date.day_of_year, 364);
    }

    #[test]
    fn every_part_differs_from_any_moment_on() {
        for n in 0..4000 {
            let from = 1_700_000_000 + n * 86_399;
            let later = unlike(from, from + SEASON, Direction::Later);
            let earlier = unlike(from, from - SEASON, Direction::Earlier);
            assert!(Date::of(later).unlike(&Date::of(from)), "later than {from}");
            assert!(Date::of(earlier).unlike(&Date::of(from)), "earlier than {from}");
            assert!(later > from + SEASON && earlier < from - SEASON);
            assert!(later - from < 1000 * DAY && from - earlier < 1000 * DAY);
        }
    }
}
