//! The connection to a server: what goes with each call, and how often one is tried again.

use super::{
    api::{self, CapabilitiesClient, GetCapabilitiesRequest},
    capabilities::Capabilities,
    server::Server,
    unlike::unlike,
};
use crate::bytes::{Error, Kind};
use prost::Message as _;
use std::{
    fs,
    future::Future,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};
use tonic::{
    Code, Request, Status,
    metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap, MetadataValue},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

/// The first pause before a call is tried again; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(10);
/// How often a quiet connection is asked whether it still is one.
const ALIVE: Duration = Duration::from_secs(20);
/// The header that says who calls.
const METADATA: &str = "build.bazel.remote.execution.v2.requestmetadata-bin";

/// A connection.
pub(super) struct Link {
    pub(super) channel: Channel,
    pub(super) server: Server,
    pub(super) can: Capabilities,
    headers: MetadataMap,
    /// What tells it from all other connections.
    pub(super) own: String,
}

#[allow(clippy::disallowed_methods, reason = "for deadlines only")]
fn now() -> Instant {
    Instant::now()
}

impl Link {
    /// Connects, and asks the server what it can.
    pub(super) async fn open(server: &Server) -> Result<Self, Error> {
        let mut link = Self {
            channel: endpoint(server)?.connect_lazy(),
            headers: headers(server)?,
            server: server.clone(),
            can: Capabilities::default(),
            own: unlike(),
        };
        let asked = GetCapabilitiesRequest {
            instance_name: link.instance(),
        };
        let told = link
            .call("capabilities", async || {
                let mut client = CapabilitiesClient::new(link.channel.clone());
                client.get_capabilities(link.request(asked.clone())).await
            })
            .await?;
        link.can = Capabilities::of(&told).map_err(|error| link.about(error))?;
        Ok(link)
    }

    pub(super) fn instance(&self) -> String {
        self.server.address.instance.clone()
    }

    /// A message with the headers of each call.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.headers.clone();
        request
    }

    /// Says which server an error is about.
    pub(super) fn about(&self, error: Error) -> Error {
        error.about(&self.server.address)
    }

    /// Calls, again while that could help and the patience lasts.
    pub(super) async fn call<T>(
        &self,
        what: &str,
        attempt: impl AsyncFn() -> Result<tonic::Response<T>, Status>,
    ) -> Result<T, Error> {
        let still = AtomicU64::new(0);
        let plain = async || attempt().await.map(tonic::Response::into_inner);
        self.persist(what, &still, plain).await
    }

    /// Tries again while that could help. What moves `progress` starts the patience anew.
    pub(super) async fn persist<T>(
        &self,
        what: &str,
        progress: &AtomicU64,
        attempt: impl AsyncFn() -> Result<T, Status>,
    ) -> Result<T, Error> {
        let patience = self.server.patience;
        let (mut since, mut seen, mut pause) = (now(), progress.load(Ordering::Relaxed), PAUSE);
        loop {
            let left = patience.saturating_sub(since.elapsed());
            let status = match watched(left, patience, progress, attempt()).await {
                Ok(done) => return Ok(done),
                Err(status) => status,
            };
            let moved = progress.load(Ordering::Relaxed);
            if moved != seen {
                (since, seen, pause) = (now(), moved, PAUSE);
            }
            if !passing(&status) || since.elapsed() + pause >= patience {
                return Err(self.failed(what, &status));
            }
            tracing::debug!(what, %status, "again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// What a call came to, in words.
    pub(super) fn failed(&self, what: &str, status: &Status) -> Error {
        self.about(told(what, status))
    }
}

/// Ends an attempt in which nothing moves: for `first` at the start, then for `patience` each time.
async fn watched<T>(
    first: Duration,
    patience: Duration,
    progress: &AtomicU64,
    attempt: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    let mut attempt = std::pin::pin!(attempt);
    let mut left = first;
    loop {
        let seen = progress.load(Ordering::Relaxed);
        match tokio::time::timeout(left, &mut attempt).await {
            Ok(done) => return done,
            Err(_) if progress.load(Ordering::Relaxed) != seen => left = patience,
            Err(_) => {
                let seconds = patience.as_secs_f64();
                return Err(Status::deadline_exceeded(format!("no answer within {seconds} seconds")));
            }
        }
    }
}

/// Whether the same call could go well later.
pub(super) fn passing(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::ResourceExhausted | Code::Aborted | Code::Internal | Code::Unknown | Code::Cancelled
    )
}

/// What a status says, in words, and what can be done.
pub(super) fn told(what: &str, status: &Status) -> Error {
    let said = said(status);
    let (kind, words, hint) = match status.code() {
        Code::Unauthenticated => (Kind::Refused, "the server wants to know who calls", Some(WHO)),
        Code::PermissionDenied => (Kind::Refused, "the server denies it", Some(WHO)),
        Code::Unimplemented => (
            Kind::Unavailable,
            "the server does not know this call",
            Some("is it a server of the Remote Execution API, version 2?"),
        ),
        Code::NotFound => (Kind::NotFound, "the server does not have it", None),
        Code::DeadlineExceeded => (Kind::Failed, "the server does not answer in time", Some(SLOW)),
        Code::Unavailable => (Kind::Failed, "the server can't be reached", None),
        Code::InvalidArgument => (Kind::Failed, "the server takes it to be wrong", None),
        _ => (Kind::Failed, "the server could not do it", None),
    };
    let said = if said.is_empty() { said } else { format!(" ({said})") };
    let error = Error::new(kind, format!("{what}: {words}{said}"));
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

const WHO: &str = "give --remote-token FILE, --remote-header NAME=VALUE, or --remote-cert and --remote-key";
const SLOW: &str = "--remote-timeout TIME waits longer";

/// The message of a status, or else the last of what it came from; short, and in one line.
fn said(status: &Status) -> String {
    let mut said = status.message().to_owned();
    let mut source = std::error::Error::source(status);
    while let Some(error) = source {
        said = error.to_string();
        source = error.source();
    }
    said.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(400)
        .collect()
}

fn endpoint(server: &Server) -> Result<Endpoint, Error> {
    let address = &server.address;
    let scheme = if address.tls { "https" } else { "http" };
    let wrong = |error: tonic::transport::Error| Error::usage(&error).because(error).about(address);
    let endpoint = Endpoint::from_shared(format!("{scheme}://{}:{}", address.host, address.port)).map_err(wrong)?;
    let endpoint = endpoint
        .connect_timeout(server.patience)
        .http2_keep_alive_interval(ALIVE)
        .keep_alive_timeout(server.patience);
    match address.tls {
        true => endpoint.tls_config(tls(server)?).map_err(wrong),
        false => Ok(endpoint),
    }
}

fn tls(server: &Server) -> Result<ClientTlsConfig, Error> {
    let mut tls = ClientTlsConfig::new();
    tls = match &server.authorities {
        Some(path) => tls.ca_certificate(Certificate::from_pem(pem(path)?)),
        None => tls.with_native_roots(),
    };
    if let Some((certificate, key)) = &server.identity {
        tls = tls.identity(Identity::from_pem(pem(certificate)?, pem(key)?));
    }
    Ok(tls)
}

fn pem(path: &Path) -> Result<Vec<u8>, Error> {
    let text = fs::read(path).map_err(|error| Error::at(path, &error))?;
    let begins = text.windows(10).any(|part| part == b"-----BEGIN");
    match begins {
        true => Ok(text),
        false => Err(Error::malformed("is not PEM: it has no line that begins with -----BEGIN").of(path)),
    }
}

fn headers(server: &Server) -> Result<MetadataMap, Error> {
    let mut headers = MetadataMap::new();
    let about = api::RequestMetadata {
        tool_details: Some(api::ToolDetails {
            tool_name: "repro".to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        }),
        ..api::RequestMetadata::default()
    };
    headers.insert_bin(METADATA, MetadataValue::from_bytes(&about.encode_to_vec()));
    for (name, value) in &server.headers {
        let key: Option<AsciiMetadataKey> = name.to_ascii_lowercase().parse().ok();
        let mut value: AsciiMetadataValue = value
            .parse()
            .map_err(|_| Error::usage(format!("header {name}: its value is not printable ASCII")))?;
        value.set_sensitive(true);
        let Some(key) = key else {
            return Err(Error::usage(format!(
                "header {name:?} is not a name of letters, digits and dashes"
            )));
        };
        headers.insert(key, value);
    }
    Ok(headers)
}
