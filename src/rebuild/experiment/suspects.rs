//! From what `diff` finds to the variations that are suspected: each cause names those that bring it about.

use crate::cause;

/// Causes that are looked at.
const CAUSES: usize = 4;

/// The variations that causes point at, in rounds: the most usual one of each cause, then the next.
pub(super) fn rounds(causes: &[&str]) -> Vec<Vec<&'static str>> {
    let known: Vec<&[&'static str]> = causes
        .iter()
        .filter_map(|id| cause::by_id(id))
        .map(cause::Cause::variations)
        .take(CAUSES)
        .collect();
    let mut rounds: Vec<Vec<&'static str>> = Vec::new();
    let mut seen = Vec::new();
    for rank in 0..known.iter().map(|v| v.len()).max().unwrap_or(0) {
        // A capture of the environment shows all that variables can show, and it does so at once.
        let capture = causes.first() == Some(&"env-capture") && rank > 1;
        let mut round = Vec::new();
        for name in known.iter().filter_map(|variations| variations.get(rank)) {
            if !seen.contains(name) {
                seen.push(name);
                round.push(*name);
            }
        }
        match rounds.last_mut() {
            Some(last) if capture => last.extend(round),
            _ if round.is_empty() => {}
            _ => rounds.push(round),
        }
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_and_variations_exist() {
        let names: Vec<&str> = crate::rebuild::variation::VARIATIONS.iter().map(|v| v.name()).collect();
        for cause in cause::CAUSES {
            assert!(
                cause.variations().iter().all(|name| names.contains(name)),
                "{}",
                cause.id()
            );
        }
    }

    #[test]
    fn the_usual_one_first() {
        assert_eq!(rounds(&["archive-mtime", "gzip-mtime"]), [["mtime", "time"]]);
        assert_eq!(rounds(&["archive-mtime"]), [["mtime"], ["time"]]);
        assert_eq!(rounds(&["env-capture"]).len(), 2);
        assert!(rounds(&["no-such-cause"]).is_empty());
    }
}
