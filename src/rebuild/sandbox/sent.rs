//! What of an error crosses from one process of a run to the next.

use super::RunResult;
use crate::bytes::{Error, Kind};
use serde::{Deserialize, Serialize};
use std::{error::Error as _, io, iter};

/// What a run's process answers.
pub(super) type Answer = Result<RunResult, Sent>;

/// An error as plain data.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sent {
    kind: Kind,
    /// All of its words, the path too.
    words: String,
    /// The system's number of what is below it.
    errno: Option<i32>,
}

impl From<Error> for Sent {
    fn from(error: Error) -> Self {
        let mut below = iter::successors(error.source(), |error| (**error).source());
        Self {
            kind: error.kind(),
            errno: below.find_map(|error| error.downcast_ref::<io::Error>()?.raw_os_error()),
            words: error.to_string(),
        }
    }
}

impl From<Sent> for Error {
    fn from(sent: Sent) -> Self {
        let mut error = Error::new(sent.kind, sent.words);
        if let Some(number) = sent.errno {
            error = error.because(io::Error::from_raw_os_error(number));
        }
        match sent.kind {
            Kind::Unavailable => error.with_hint("`repro doctor` shows what this machine allows"),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_kind_words_and_number() {
        let refused = Error::unavailable("can't mount a tmpfs").because(io::Error::from_raw_os_error(1));
        let text = serde_json::to_string(&Sent::from(refused.of("/tmp/x"))).unwrap();
        let back = Error::from(serde_json::from_str::<Sent>(&text).unwrap());
        assert_eq!(back.kind(), Kind::Unavailable);
        assert_eq!(back.to_string(), "/tmp/x: can't mount a tmpfs");
        let below = back.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(below.raw_os_error(), Some(1));
    }
}
