//! rpm-buildtime

use super::{Advice, Case, Cause, find};
use crate::model::{CauseId, Evidence, Kind, Role, Value, Warrant};

/// When a package was built, as its own header tells.
pub struct RpmBuildtime;

impl Cause for RpmBuildtime {
    fn id(&self) -> CauseId {
        "rpm-buildtime"
    }
    fn group(&self) -> &'static str {
        "time"
    }
    fn facts(&self) -> &'static [super::FactKind] {
        super::known::TIMES
    }
    fn advice(&self) -> Advice {
        Advice {
            what: "An RPM package records the time at which it was built.",
            why: "rpmbuild writes the clock's time into BUILDTIME and COOKIE.",
            fix: "rpmbuild -D 'use_source_date_epoch_as_buildtime 1' with SOURCE_DATE_EPOCH set, or -D 'source_date_epoch_from_changelog 1'; for the times of files -D 'clamp_mtime_to_source_date_epoch 1' (build_mtime_policy in rpm 4.20), for the host -D '_buildhost reproducible'",
            references: &["https://fedoraproject.org/wiki/Changes/ReproducibleBuildsClampMtimes"],
        }
    }
    fn variations(&self) -> &'static [&'static str] {
        &["time"]
    }
    fn examine(&self, case: &Case<'_>) -> Option<Evidence> {
        if case.kind != Kind::Package || !case.both() {
            return None;
        }
        // The tag says what it is: packages have other times, of their files.
        match (case.name().rsplit('/').next()?, &case.a.value, &case.b.value) {
            ("BUILDTIME", Value::Time { .. }, Value::Time { .. }) if case.role == Role::Timestamp => {
                Some(Evidence::field(case))
            }
            // `host seconds`
            ("COOKIE", Value::Text(_), Value::Text(_)) => {
                let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
                let built = |pair| {
                    let (x, y) = find::sides(case, pair);
                    let times = number(x).zip(number(y));
                    times.is_some_and(|(x, y)| case.survey.vouches(x, y))
                };
                let claims = find::words(case, |c| c.is_ascii_digit(), built);
                Evidence::likely(claims).map(|evidence| evidence.by(Warrant::Structure))
            }
            _ => None,
        }
    }
}
