//! Where a server is, and what it is told of the caller.

use crate::bytes::Error;
use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

/// The longest time in which nothing comes of a call, where nobody says another.
const PATIENCE: Duration = Duration::from_secs(60);
/// Ports that servers are looked for at where an address has none.
const PORTS: [(&str, u16); 2] = [("grpc", 80), ("grpcs", 443)];

/// Where a server is: `grpc://HOST[:PORT][/INSTANCE]`, with TLS `grpcs://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// The host's name, or its IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The instance of the server; usually none.
    pub instance: String,
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| Error::usage(format!("{text:?} {why}: write grpcs://HOST[:PORT][/INSTANCE]"));
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| refuse("is not the address of a server"))?;
        let (_, usual) = PORTS
            .into_iter()
            .find(|(name, _)| *name == scheme)
            .ok_or_else(|| refuse("begins with neither grpc:// nor grpcs://"))?;
        let (place, instance) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match place.rsplit_once(':') {
            // Inside of brackets it is a part of an IPv6 address.
            Some((host, port)) if !port.ends_with(']') => (
                host,
                port.parse().map_err(|_| refuse("has a port that is not a number"))?,
            ),
            _ => (place, usual),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
        if host.is_empty() || !host.chars().all(plain) {
            return Err(refuse("names no host"));
        }
        Ok(Self {
            tls: scheme == "grpcs",
            host: host.to_owned(),
            port,
            instance: instance.trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "grpcs" } else { "grpc" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)?;
        match self.instance.as_str() {
            "" => Ok(()),
            instance => write!(f, "/{instance}"),
        }
    }
}

/// A server, and how it is spoken to.
#[derive(Clone)]
#[non_exhaustive]
pub struct Server {
    /// Where it is.
    pub address: Address,
    /// Headers of each call, such as `authorization`.
    pub headers: Vec<(String, String)>,
    /// Certificates (PEM) that a server's must be signed by; those of the system if none are given.
    pub authorities: Option<PathBuf>,
    /// Our own certificate and its key (PEM).
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The longest time in which nothing comes of a call, however often it is tried again.
    pub patience: Duration,
    /// What a worker must be like: the platform properties of each action.
    pub platform: Vec<(String, String)>,
}

impl Server {
    /// A server that asks nothing of its callers.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            headers: Vec::new(),
            authorities: None,
            identity: None,
            patience: PATIENCE,
            platform: Vec::new(),
        }
    }
}

impl fmt::Debug for Server {
    /// Without the values of headers, which are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("headers", &names)
            .field("authorities", &self.authorities)
            .field("identity", &self.identity)
            .field("patience", &self.patience)
            .field("platform", &self.platform)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, written) in [
            ("grpc://host", "grpc://host:80"),
            ("grpcs://host.example/", "grpcs://host.example:443"),
            ("grpcs://host:8980/a/b", "grpcs://host:8980/a/b"),
            ("grpc://[::1]:50051/x", "grpc://[::1]:50051/x"),
            ("grpc://[::1]", "grpc://[::1]:80"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), written);
        }
        for text in [
            "host:80",
            "http://host",
            "grpc://",
            "grpc://:80",
            "grpc://h:x",
            "grpc://h o",
            "grpc://u@h",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_header_says_is_not_shown() {
        let mut server = Server::new("grpc://h".parse().unwrap());
        server
            .headers
            .push(("authorization".to_owned(), "Bearer secret".to_owned()));
        let shown = format!("{server:?}");
        assert!(shown.contains("authorization") && !shown.contains("secret"), "{shown}");
    }
}
