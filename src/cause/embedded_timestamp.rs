//! embedded-timestamp

use super::{
    Advice, Case, Cause, Dates, Fix,
    date::{self, Date, Form},
    find, operand,
    statement::Statement,
    survey::Survey,
};
use crate::model::{CauseId, Change, Difference, Evidence, Kind, Role, Span};

/// By what made the file.
const FIXES: &[Fix] = &[
    Fix {
        formats: &[],
        names: &[".svg"],
        made_by: &["matplotlib"],
        fix: "matplotlib: savefig(metadata={'Date': None}), or set SOURCE_DATE_EPOCH",
    },
    Fix {
        formats: &[],
        names: &[".js", ".css", ".mjs"],
        made_by: &[],
        fix: "the banner of the bundler or minifier: no new Date() in it, or take the time from SOURCE_DATE_EPOCH",
    },
    Fix {
        formats: &[],
        names: &[".pkginfo", ".buildinfo"],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH: makepkg takes builddate from it",
    },
    Fix {
        formats: &["uboot", "fdt"],
        names: &[],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH: mkimage takes the time from it",
    },
    Fix {
        formats: &["esp"],
        names: &[],
        made_by: &[],
        fix: "ESP-IDF: CONFIG_APP_REPRODUCIBLE_BUILD=y leaves the time out",
    },
    Fix {
        formats: &["rds"],
        names: &[".rds"],
        made_by: &[],
        fix: "set SOURCE_DATE_EPOCH, or R CMD INSTALL --built-timestamp=…",
    },
];

/// Dates in text and strings, of the same form on both sides.
pub struct EmbeddedTimestamp;

impl Cause for EmbeddedTimestamp {
    fn id(&self) -> CauseId {
        "embedded-timestamp"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn adopts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "The output contains a date or time of the build.",
            why: "Something asked the clock while it built: a banner, a header comment, a generated constant.",
            fix: "take the time from SOURCE_DATE_EPOCH (date -u -d @$SOURCE_DATE_EPOCH; std::env::var; os.environ; getenv and strtoll), or leave the date out",
            references: &["https://reproducible-builds.org/docs/source-date-epoch/"],
        }
    }
    fn fixes(&self) -> &'static [Fix] {
        FIXES
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time", "mtime", "timezone"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        match case.kind {
            // A loader prints the time of an image, and does nothing by it.
            Kind::Firmware if case.timed() => return Some(Evidence::field(case)),
            // A field that holds a time, in a file whose format says no more of it.
            Kind::Data if case.timed() => return Some(Evidence::whole(case)),
            _ => {}
        }
        if case.role == Role::Code {
            // A byte of code may mean anything.
            return Evidence::likely(loaded(case)?).map(Evidence::hint);
        }
        if !find::textual(case) {
            return None;
        }
        let [in_a, in_b] = moments(case);
        let spans = |all: &[Date]| all.iter().map(|date| date.span).collect();
        let around = |accept: &dyn Fn(Change, &Date, &Date) -> bool| {
            find::paired(case, [spans(&in_a), spans(&in_b)], |pair| {
                let dates = date::at(&in_a, pair.a).zip(date::at(&in_b, pair.b));
                dates.is_some_and(|(x, y)| x.form == y.form && !part(case, pair) && accept(pair, x, y))
            })
        };
        let stamped = around(&|pair, x, y| written(case, pair, x, y));
        if !stamped.is_empty() {
            return Evidence::likely(stamped);
        }
        // A date that nothing speaks for may be a limit, a schedule or a version.
        let dated = around(&|_, x, _| !matches!(x.form, Form::Epoch | Form::Compact | Form::Clock));
        Evidence::likely(dated).map(Evidence::hint)
    }
}

/// Years of a build; more would take in the sizes that programs use.
const YEARS: std::ops::RangeInclusive<u32> = 2017..=2040;

/// Numbers that code loads, where all that differs in a function are years, or moments.
fn loaded(case: &Case<'_>) -> Option<Vec<Change>> {
    let numbers = operand::numbers(case)?;
    let moment = |n: u32| (1_400_000_000..2_147_483_647).contains(&n);
    let dated = |[x, y]: &[u32; 2]| {
        let years = YEARS.contains(x) && YEARS.contains(y);
        years || moment(*x) && moment(*y) || case.survey.vouches((*x).into(), (*y).into())
    };
    let all = numbers.iter().all(|(_, sides)| dated(sides));
    all.then(|| numbers.into_iter().map(|(span, _)| span).collect())
}

/// Dates, and numbers that are moments where something says so: `0x65539100`, days since 1970.
fn moments(case: &Case<'_>) -> [Vec<Date>; 2] {
    let units = [&case.a.unit, &case.b.unit];
    std::array::from_fn(|side| {
        let text: &[u8] = units[side];
        let mut found = case.dates()[side].clone();
        let words = find::runs(text, |c| c.is_ascii_alphanumeric());
        found.extend(
            words
                .into_iter()
                .filter_map(|span| number(text.get(span.start..span.end)?, span)),
        );
        found.sort_by_key(|date| date.span);
        found.dedup_by_key(|date| date.span);
        found
    })
}

/// A number of seconds in hexadecimal, or of days.
fn number(text: &[u8], span: Span) -> Option<Date> {
    let text = std::str::from_utf8(text).ok()?;
    let seconds = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if hex.len() == 8 => i64::from_str_radix(hex, 16).ok()?,
        // 1997 to 2038.
        None if text.len() == 5 => text.parse::<i64>().ok().filter(|day| (10_000..25_000).contains(day))? * 86_400,
        _ => return None,
    };
    (seconds >= 800_000_000).then_some(Date {
        span,
        form: if text.len() == 5 { Form::Days } else { Form::Epoch },
        day: Some(seconds.div_euclid(86_400)),
        second: (text.len() != 5).then_some(seconds.rem_euclid(86_400)),
        zone: Some(0),
    })
}

/// Part of a name, an address or a path, a date says which of several is meant: `nightly-2024-01-01`, `releases/20240101`.
fn part(case: &Case<'_>, pair: Change) -> bool {
    let before = find::before(&case.a.unit, pair.a.start, 80);
    let after = case.a.unit.get(pair.a.end..).unwrap_or_default();
    let word = before
        .rsplit([' ', '"', '\'', '=', '<', '>'])
        .next()
        .unwrap_or_default();
    let joined = word.ends_with(['-', '@', '_', '/', '.', ':', '~', '+', '^', '*', '$', '#']);
    let key = word.ends_with(':') && !word[..word.len() - 1].contains(':') && word.len() > 1;
    word.contains("://") || joined && !key || after.starts_with(b"::") || after.starts_with(b"/")
}

/// 19 January 2038: what is dated later is a limit, and no build of today.
const LAST: i64 = i32::MAX as i64 / 86_400;

/// Whether a build wrote the date: its statement says so, or a time of the structure is the same.
fn written(case: &Case<'_>, pair: Change, x: &Date, y: &Date) -> bool {
    let statement = Statement::of(case, pair);
    if statement.limited() || [x, y].iter().any(|date| date.day.is_some_and(|day| day > LAST)) {
        return false;
    }
    let same = |x: Option<i64>, y: Option<i64>| x.zip(y).is_some_and(|(x, y)| case.survey.vouches(x, y));
    if statement.plain() && (same(x.instant(), y.instant()) || same(x.local(), y.local())) {
        return true;
    }
    match x.form {
        // Five digits are an exact count only behind the name of a count.
        Form::Days => statement.recorded() && statement.narrow().contains("day"),
        Form::Clock => dated(case, pair) && statement.recorded(),
        Form::Ctime if case.role == Role::String => statement.recorded() || statement.bare() && alone(case, pair),
        // `2024.07.04` is a version more often than a date.
        Form::Iso if case.a.unit.get(pair.a.start + 4) == Some(&b'.') => statement.commented() || statement.keyed(),
        _ => statement.recorded(),
    }
}

/// No more differences are asked for times that others are compared with.
const ASKED: usize = 512;
/// Nor longer ones.
const LONGEST: usize = 64 << 10;

/// The instants of both sides that a statement calls those of a build: they speak for the same instants elsewhere.
pub fn stated(differences: &[&Difference], survey: &Survey) -> Vec<(i64, i64)> {
    let asked = differences
        .iter()
        .filter(|d| find::textual(d) && d.a.unit.len().max(d.b.unit.len()) <= LONGEST);
    let of = |difference: &&Difference| {
        let case = Case {
            difference,
            open: &difference.changes,
            survey,
            dates: &Dates::default(),
        };
        let [in_a, in_b] = case.dates();
        let pairs = date::around(
            &case,
            |_| true,
            |pair, x, y| x.form == y.form && !part(&case, pair) && Statement::of(&case, pair).recorded(),
        );
        let instant = |all: &[Date], span| date::at(all, span)?.instant();
        let instants = pairs
            .into_iter()
            .filter_map(|pair| instant(in_a, pair.a).zip(instant(in_b, pair.b)));
        instants.collect::<Vec<_>>()
    };
    asked.take(ASKED).flat_map(of).collect()
}

/// Whether a date stands before a clock in the same unit.
fn dated(case: &Case<'_>, pair: Change) -> bool {
    let near = pair.a.start.saturating_sub(40);
    let text = case.a.unit.get(near..pair.a.start).unwrap_or_default();
    date::dates(text).iter().any(|date| date.form != Form::Clock)
}

/// Whether a program's string is the date and nothing else.
fn alone(case: &Case<'_>, pair: Change) -> bool {
    let behind = case.a.unit.get(pair.a.end..).unwrap_or_default();
    matches!(case.format, "elf" | "pe" | "macho") && behind.iter().all(|c| matches!(c, 0 | b'\n'))
}
