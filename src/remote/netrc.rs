//! `.netrc`: a name and a password for a host, as `curl` and Bazel read it.

use crate::bytes::Error;
use base64ct::{Base64, Encoding as _};
use std::{fs, path::Path};

/// The `authorization` header for a host, if the file has a name and a password for it.
///
/// # Errors
/// The file is there and can't be read.
pub fn authorization(file: &Path, host: &str) -> Result<Option<String>, Error> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(found(&text, host)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::at(file, &error)),
    }
}

/// The first entry of the host, or else the default.
fn found(text: &str, host: &str) -> Option<String> {
    // A macro goes on to the next blank line; nothing in it is an entry.
    let plain: Vec<&str> = text
        .split("\n\n")
        .map(|part| part.split("macdef").next().unwrap_or_default())
        .collect();
    let plain = plain.join("\n");
    let mut words = plain.split_whitespace();
    let (mut here, mut login, mut password) = (false, None, None);
    while let Some(word) = words.next() {
        if matches!(word, "machine" | "default") {
            if here {
                break;
            }
            here = word == "default" || words.next() == Some(host);
            continue;
        }
        let value = words.next();
        match word {
            "login" if here => login = value,
            "password" if here => password = value,
            _ => {}
        }
    }
    let pair = format!("{}:{}", login.filter(|_| here)?, password?);
    Some(format!("Basic {}", Base64::encode_string(pair.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_of_the_host_counts() {
        let text =
            "machine a login x password y\nmachine b\n  login me\n  password secret\ndefault login d password e\n";
        assert_eq!(found(text, "b").unwrap(), "Basic bWU6c2VjcmV0");
        assert_eq!(found(text, "c").unwrap(), "Basic ZDpl");
        assert_eq!(found("machine a login x password y\n", "c"), None);
        assert_eq!(found("machine a login x\n", "a"), None);
        assert_eq!(
            found(
                "macdef init\nmachine a login x password y\n\nmachine a login m password n\n",
                "a"
            )
            .unwrap(),
            "Basic bTpu"
        );
        assert_eq!(found("", "a"), None);
    }
}
