//! The options of commands that run something on other machines, by the Remote Execution API.

use super::{Error, Global, warn};
use repro::rebuild::{site::Site, units};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Where runs are made.
#[derive(clap::Args, Clone, Debug, Default)]
#[cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "a program without it says how to get one with it")
)]
#[command(next_help_heading = "Remote execution")]
pub(super) struct Remote {
    /// Run it on the workers of this server, not on this machine: grpc://HOST[:PORT][/INSTANCE], with TLS grpcs://…
    #[arg(long = "remote", value_name = "URL")]
    url: Option<String>,
    /// What a worker must be like; may be given more than once
    #[arg(long = "remote-platform", value_name = "NAME=VALUE", requires = "url")]
    platform: Vec<String>,
    /// A header of each call; may be given more than once
    #[arg(long = "remote-header", value_name = "NAME=VALUE", requires = "url")]
    headers: Vec<String>,
    /// A file with a bearer token
    #[arg(long = "remote-token", value_name = "FILE", requires = "url")]
    token: Option<PathBuf>,
    /// Certificates that the server's must be signed by, PEM [default: the system's]
    #[arg(long = "remote-ca", value_name = "FILE", requires = "url")]
    authorities: Option<PathBuf>,
    /// Our own certificate, PEM
    #[arg(long = "remote-cert", value_name = "FILE", requires_all = ["url", "remote_key"])]
    certificate: Option<PathBuf>,
    /// Its key, PEM
    #[arg(long = "remote-key", value_name = "FILE", requires = "certificate")]
    remote_key: Option<PathBuf>,
    /// Longest time in which nothing comes of a call [default: 60s]
    #[arg(long = "remote-timeout", value_name = "TIME", value_parser = units::duration, requires = "url")]
    patience: Option<Duration>,
}

impl Remote {
    /// The workers of the server, if one is named.
    ///
    /// # Errors
    /// It can't be reached, or the options contradict each other.
    pub(super) fn site(&self) -> Result<Option<Arc<dyn Site>>, Error> {
        let Some(url) = &self.url else { return Ok(None) };
        self.connect(url).map(Some)
    }

    /// The connection to the server.
    ///
    /// # Errors
    /// None is named, or it can't be reached.
    #[cfg(feature = "remote")]
    pub(super) fn open(&self) -> Result<repro::remote::Remote, Error> {
        let url = self
            .url
            .as_ref()
            .ok_or_else(|| Error::new("no server is named: give --remote URL"))?;
        Ok(repro::remote::Remote::connect(&self.server(url)?)?)
    }

    /// The words of a command line that say the same, without what is secret.
    pub(super) fn words(&self) -> Vec<String> {
        let path = |path: &Option<PathBuf>| path.iter().map(|path| path.display().to_string()).collect();
        let all: [(&str, Vec<String>); 7] = [
            ("--remote", self.url.iter().cloned().collect()),
            ("--remote-platform", self.platform.clone()),
            ("--remote-token", path(&self.token)),
            ("--remote-ca", path(&self.authorities)),
            ("--remote-cert", path(&self.certificate)),
            ("--remote-key", path(&self.remote_key)),
            (
                "--remote-timeout",
                self.patience.iter().map(|time| time.as_secs().to_string()).collect(),
            ),
        ];
        let words = |(name, values): (&str, Vec<String>)| {
            values
                .into_iter()
                .flat_map(move |value| [name.to_owned(), value])
                .collect::<Vec<_>>()
        };
        all.into_iter().flat_map(words).collect()
    }

    #[cfg(not(feature = "remote"))]
    fn connect(&self, _: &str) -> Result<Arc<dyn Site>, Error> {
        Err(unavailable())
    }

    #[cfg(feature = "remote")]
    fn connect(&self, url: &str) -> Result<Arc<dyn Site>, Error> {
        let program = repro::rebuild::program(None)?;
        Ok(Arc::new(repro::remote::Workers::connect(&self.server(url)?, &program)?))
    }

    /// What `.netrc` has for the host, where nothing was said of who calls; never without encryption.
    #[cfg(feature = "remote")]
    fn known(&self, server: &repro::remote::Server) -> Result<Option<String>, Error> {
        let said = |(name, _): &(String, String)| name.eq_ignore_ascii_case("authorization");
        if !server.address.tls || server.headers.iter().any(said) {
            return Ok(None);
        }
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".netrc"));
        let file = std::env::var_os("NETRC").map(PathBuf::from).or_else(home);
        let found = file.map(|file| repro::remote::netrc::authorization(&file, &server.address.host));
        Ok(found.transpose()?.flatten())
    }

    /// The server, and how it is spoken to.
    #[cfg(feature = "remote")]
    fn server(&self, url: &str) -> Result<repro::remote::Server, Error> {
        let mut server = repro::remote::Server::new(url.parse()?);
        server.platform = pairs("--remote-platform", &self.platform)?;
        server.headers = pairs("--remote-header", &self.headers)?;
        if let Some(path) = &self.token {
            let token = std::fs::read_to_string(path).map_err(|error| Error::at(path.display(), error))?;
            server
                .headers
                .push(("authorization".to_owned(), format!("Bearer {}", token.trim())));
        }
        if let Some(header) = self.known(&server)? {
            server.headers.push(("authorization".to_owned(), header));
        }
        server.authorities.clone_from(&self.authorities);
        server.identity = self.certificate.clone().zip(self.remote_key.clone());
        server.patience = self.patience.unwrap_or(server.patience);
        Ok(server)
    }
}

/// Says what went to other machines.
pub(super) fn tell(site: Option<&Arc<dyn Site>>, global: &Global) {
    if let Some(traffic) = site.and_then(|site| site.traffic()).filter(|_| !global.quiet) {
        warn(format!("remote: {traffic}"));
    }
}

/// Says how to get a program that can.
#[cfg(not(feature = "remote"))]
pub(super) fn unavailable() -> Error {
    let what = "this repro was built without remote execution: build it with `cargo install repro --features remote`";
    repro::bytes::Error::unavailable(what).into()
}

#[cfg(feature = "remote")]
fn pairs(option: &str, words: &[String]) -> Result<Vec<(String, String)>, Error> {
    let pair = |word: &String| {
        let pair = word.split_once('=').filter(|(name, _)| !name.is_empty());
        let pair = pair.map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.ok_or_else(|| Error::new(format!("{option} {word:?}: write NAME=VALUE")))
    };
    words.iter().map(pair).collect()
}
