//! Numbers of an image, read without ever reaching past its end.

use crate::model::Malformed;

/// Reads numbers of one byte order.
#[derive(Clone, Copy)]
pub(in crate::format) struct Endian<'b> {
    bytes: &'b [u8],
    big: bool,
}

impl<'b> Endian<'b> {
    /// The low byte comes first.
    pub(in crate::format) fn little(bytes: &'b [u8]) -> Self {
        Self { bytes, big: false }
    }
    /// The high byte comes first.
    pub(in crate::format) fn big(bytes: &'b [u8]) -> Self {
        Self { bytes, big: true }
    }
    /// The number of `N` bytes at `at`.
    pub(in crate::format) fn get<const N: usize>(self, at: usize) -> Result<u64, Malformed> {
        let word: &[u8; N] = self
            .bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk())
            .ok_or_else(|| Malformed::truncated(at.min(self.bytes.len()), format!("a number of {N} bytes")))?;
        let join = |n: u64, b: &u8| n << 8 | u64::from(*b);
        Ok(if self.big {
            word.iter().fold(0, join)
        } else {
            word.iter().rev().fold(0, join)
        })
    }
    pub(in crate::format) fn u8(self, at: usize) -> Result<u64, Malformed> {
        self.get::<1>(at)
    }
    pub(in crate::format) fn u16(self, at: usize) -> Result<u64, Malformed> {
        self.get::<2>(at)
    }
    pub(in crate::format) fn u32(self, at: usize) -> Result<u64, Malformed> {
        self.get::<4>(at)
    }
    pub(in crate::format) fn u64(self, at: usize) -> Result<u64, Malformed> {
        self.get::<8>(at)
    }
    /// The same as a position or length.
    pub(in crate::format) fn at<const N: usize>(self, at: usize) -> Result<usize, Malformed> {
        let number = self.get::<N>(at)?;
        usize::try_from(number).map_err(|_| Malformed::at(at, "a position in the image", number.to_string()))
    }
    /// `length` bytes at `at`.
    pub(in crate::format) fn slice(self, at: usize, length: usize) -> Result<&'b [u8], Malformed> {
        at.checked_add(length)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or_else(|| Malformed::truncated(at.min(self.bytes.len()), format!("{length} bytes")))
    }
}
