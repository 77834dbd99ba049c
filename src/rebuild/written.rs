//! Durations and sizes as TOML has them: a number, or a text with a unit.

use super::units;
use crate::notation::Unreadable;
use serde::{Deserialize, Deserializer, de};
use std::time::Duration;

/// A number or a text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a whole number or a string")]
enum Scalar {
    Number(i64),
    Text(String),
}

/// Reads it as what `read` understands.
pub(crate) fn scalar<'d, D: Deserializer<'d>, T>(
    from: D,
    read: impl Fn(&str) -> Result<T, Unreadable>,
) -> Result<Option<T>, D::Error> {
    let text = match Scalar::deserialize(from)? {
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) => text,
    };
    read(&text).map(Some).map_err(de::Error::custom)
}

/// `90`, `5m`, …
pub(crate) fn duration<'d, D: Deserializer<'d>>(from: D) -> Result<Option<Duration>, D::Error> {
    scalar(from, units::duration)
}

/// `4096`, `2 GB`, …
pub(crate) fn size<'d, D: Deserializer<'d>>(from: D) -> Result<Option<u64>, D::Error> {
    scalar(from, units::size)
}
