//! A part of all actions: the same for the same seed, in whichever order they come and however many there are.

use super::super::blob::BlobId;
use crate::bytes::{Error, digest::Algorithm};
use std::str::FromStr;

/// Which actions are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Which part of them, from 0 to 1.
    pub part: f64,
    /// Decides which.
    pub seed: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { part: 1.0, seed: 1 }
    }
}

impl FromStr for Sample {
    type Err = Error;

    /// Reads `1%` or `0.01`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (digits, unit) = match text.strip_suffix('%') {
            Some(digits) => (digits, 100.0),
            None => (text, 1.0),
        };
        let part = digits.trim().parse::<f64>().ok().map(|number| number / unit);
        let part = part.filter(|part| (0.0..=1.0).contains(part));
        let part = part.ok_or_else(|| Error::usage(format!("{text:?} is no part of a whole: write 1% or 0.01")))?;
        Ok(Self {
            part,
            ..Self::default()
        })
    }
}

impl Sample {
    pub(super) fn takes(&self, id: BlobId) -> bool {
        let digest = Algorithm::Sha256.digest(format!("{} {id}", self.seed).as_bytes());
        let first = digest.as_bytes().first_chunk::<4>().copied().unwrap_or_default();
        f64::from(u32::from_be_bytes(first)) < self.part * (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_about_that_part() {
        let ids: Vec<BlobId> = (0..20_000u32).map(|n| BlobId::of(&n.to_be_bytes())).collect();
        let count = |part: &str, seed| {
            let sample = Sample {
                seed,
                ..part.parse().unwrap()
            };
            ids.iter().filter(|id| sample.takes(**id)).count()
        };
        assert_eq!((count("100%", 1), count("0", 1)), (20_000, 0));
        assert!((150..250).contains(&count("1%", 1)), "{}", count("1%", 1));
        assert_ne!(count("0.5", 1), count("0.5", 2), "another seed takes others");
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["", "%", "101%", "-1", "nan", "half"] {
            assert!(text.parse::<Sample>().is_err(), "{text}");
        }
    }
}
