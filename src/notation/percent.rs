//! RFC 3986, section 2.1.

use std::fmt::Write;

/// Percent-encoded but for the unreserved characters, and those that are named in `also`.
pub(crate) fn percent(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || also.contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_ones_and_those_named_stay() {
        assert_eq!(percent("a-b._~/é %:", "/"), "a-b._~/%C3%A9%20%25%3A");
        assert_eq!(percent("a/b", ""), "a%2Fb");
    }
}
