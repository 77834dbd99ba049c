//! Fresh memory is filled with a value that is known, so that memory nobody wrote shows in what comes out.

use super::{experiment::bytes, job::Set, perturbation::Perturbation};
use crate::rebuild::Error;

/// A run's artifacts, and what its memory was filled with.
pub type Run<'r> = (&'r Set, Perturbation);

/// How many bytes differ between two runs, and how many of those are the filling in each run that had one.
pub fn count(a: Run<'_>, b: Run<'_>) -> Result<(usize, usize), Error> {
    let (mut differ, mut filling) = (0, 0);
    let is = |byte: u8, run: Run<'_>| run.1.fill().is_none_or(|fill| byte == fill);
    for (path, digest) in &a.0.files {
        if b.0.files.get(path).is_none_or(|other| other == digest) {
            continue;
        }
        let (x, y) = (bytes(a.0, path)?, bytes(b.0, path)?);
        for (x, y) in x.iter().zip(&y).filter(|(x, y)| x != y) {
            differ += 1;
            filling += usize::from(is(*x, a) && is(*y, b));
        }
    }
    Ok((differ, filling))
}
