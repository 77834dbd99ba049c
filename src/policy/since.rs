//! Which of source, command and toolchain has changed since an artifact was locked.

use super::facts::Facts;

/// In words. The lock has digests of command and toolchain; where neither has changed, it is the source.
pub(super) fn changed(facts: &Facts<'_>, path: &str) -> String {
    let locked = facts.lock.artifacts.get(path);
    let compared = [
        (
            "the command",
            locked.and_then(|locked| locked.command.as_deref()),
            facts.command,
        ),
        (
            "the toolchain",
            locked.and_then(|locked| locked.environment.as_deref()),
            facts.environment,
        ),
    ];
    let (mut changed, mut perhaps) = (Vec::new(), vec!["the source"]);
    for (what, then, now) in compared {
        match (then, now) {
            (Some(then), Some(now)) if then == now => {}
            (Some(_), Some(_)) => changed.push(what),
            _ => perhaps.push(what),
        }
    }
    match (changed.as_slice(), perhaps.as_slice()) {
        ([], [one]) | ([one], _) => format!("{one} has changed"),
        ([], [one, two]) => format!("{one} or {two} has changed"),
        ([], _) => "the source, the command or the toolchain has changed".to_owned(),
        (all, _) => format!("{} have changed", all.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::lock::Lock;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_known_to_be_the_same_is_not_named() {
        let lock = Lock::parse(
            "repro.lock",
            "version = 1\n[[artifact]]\npath = 'one'\nsize = 1\n\
             sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\n\
             blake3 = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'\n\
             command = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\n\
             environment = 'sha256:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'\n",
        )
        .unwrap();
        let (command, environment) = {
            let one = &lock.artifacts["one"];
            (one.command.clone(), one.environment.clone())
        };
        let said = |path: &str, command: Option<&str>, environment: Option<&str>| {
            let facts = Facts {
                name: "repro.lock",
                lock: &lock,
                found: &BTreeMap::new(),
                unmatched: Vec::new(),
                leading: BTreeMap::new(),
                reason: None,
                blind: false,
                compared: BTreeMap::new(),
                reference: true,
                notes: Vec::new(),
                today: "2027-01-31",
                strict: false,
                command,
                environment,
            };
            changed(&facts, path)
        };
        let (command, environment) = (command.as_deref(), environment.as_deref());
        assert_eq!(said("one", command, environment), "the source has changed");
        assert_eq!(said("one", Some("other"), environment), "the command has changed");
        assert_eq!(said("one", command, Some("other")), "the toolchain has changed");
        assert_eq!(
            said("one", Some("other"), Some("other")),
            "the command and the toolchain have changed"
        );
        assert_eq!(said("one", command, None), "the source or the toolchain has changed");
        assert_eq!(
            said("two", command, environment),
            "the source, the command or the toolchain has changed"
        );
    }
}
