//! A lock file that is about to be committed: what can be said of it though not everything is built here.

use super::lock::{Lock, Locked};
use crate::{
    bytes::digest::Algorithm,
    model::{CheckFinding as Finding, CheckWhat as What, Stale},
};
use std::collections::BTreeSet;

/// What is known beside the lock file and the artifacts.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The lock files of the commits that this one follows or takes in; none where that can't be told.
    pub before: Option<Vec<Lock>>,
    /// What was locked here, by [`seal`].
    pub locked: BTreeSet<String>,
    /// Digest of the command that builds the artifacts now.
    pub command: Option<String>,
    /// Whether an artifact that is not here is missing.
    pub require_built: bool,
}

/// One line that stands for the bytes of an artifact.
pub fn seal(path: &str, locked: &crate::model::Digests) -> String {
    let link = if locked.symlink { "link" } else { "file" };
    let text = format!("{link} {} {} {}", locked.sha256, locked.blake3, path);
    Algorithm::Sha256.digest(text.as_bytes()).to_string()
}

/// What is told of a lock file instead of what a check found. It looks at nothing itself.
pub fn judge(lock: &Lock, found: Vec<Finding>, known: &Known) -> Vec<Finding> {
    let other = |locked: &&Locked| match (&locked.command, &known.command) {
        (Some(then), Some(now)) => then != now,
        _ => false,
    };
    let commands = lock.artifacts.iter().filter(|(_, locked)| other(locked));
    let commands = commands.map(|(path, _)| Finding {
        path: path.clone().into_bytes(),
        what: What::Stale(Stale::Command),
    });
    let found = found.into_iter().map(|finding| one(lock, finding, known));
    found.chain(commands).collect()
}

fn one(lock: &Lock, mut finding: Finding, known: &Known) -> Finding {
    let path = str::from_utf8(&finding.path).unwrap_or_default();
    let Some(locked) = lock.artifacts.get(path) else {
        return finding;
    };
    let before = || {
        known
            .before
            .iter()
            .flatten()
            .filter_map(|lock| lock.artifacts.get(path))
    };
    match &finding.what {
        What::Missing if !known.require_built => {
            let told = known.before.is_none()
                || before().any(|before| before.digests == locked.digests)
                || known.locked.contains(&seal(path, &locked.digests));
            finding.what = match told {
                true => What::NotBuilt,
                false => What::Stale(Stale::Lock),
            };
        }
        What::Changed {
            field: "content",
            found,
            ..
        } if before().any(|before| *found == format!("sha256 {}", before.digests.sha256)) => {
            finding.what = What::Stale(Stale::Artifact);
        }
        _ => {}
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digests;

    fn lock(fill: &str) -> Lock {
        let digests = Digests {
            size: 1,
            sha256: fill.repeat(64),
            blake3: fill.repeat(64),
            symlink: false,
        };
        let mut lock = Lock::default();
        let found = [("x".to_owned(), Ok(digests))].into();
        lock.update(&found, Some("sha256:1"), None, &|_| true).unwrap();
        lock
    }

    fn judged(what: What, known: &Known) -> Vec<What> {
        let path = b"x".to_vec();
        let all = judge(&lock("1"), vec![Finding { path, what }], known);
        all.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn what_is_not_built_is_told_unless_its_entry_is_new() {
        let known = |before: &str| Known {
            before: Some(vec![lock("3"), lock(before)]),
            ..Known::default()
        };
        assert_eq!(judged(What::Missing, &Known::default()), [What::NotBuilt]);
        assert_eq!(judged(What::Missing, &known("1")), [What::NotBuilt]);
        assert_eq!(judged(What::Missing, &known("2")), [What::Stale(Stale::Lock)]);
        let locked = Known {
            locked: [seal("x", &lock("1").artifacts["x"].digests)].into(),
            ..known("2")
        };
        assert_eq!(judged(What::Missing, &locked), [What::NotBuilt]);
        let strict = Known {
            require_built: true,
            ..known("1")
        };
        assert_eq!(judged(What::Missing, &strict), [What::Missing]);
    }

    #[test]
    fn what_was_locked_before_is_stale_and_anything_else_changed() {
        let known = Known {
            before: Some(vec![lock("2")]),
            ..Known::default()
        };
        let changed = |fill: &str| What::Changed {
            field: "content",
            expected: String::new(),
            found: format!("sha256 {}", fill.repeat(64)),
        };
        assert_eq!(judged(changed("2"), &known), [What::Stale(Stale::Artifact)]);
        assert_eq!(judged(changed("4"), &known), [changed("4")]);
    }

    #[test]
    fn another_command_makes_an_entry_stale() {
        let known = Known {
            command: Some("sha256:2".to_owned()),
            ..Known::default()
        };
        assert_eq!(
            judged(What::Missing, &known),
            [What::NotBuilt, What::Stale(Stale::Command)]
        );
    }
}
