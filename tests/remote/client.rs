//! What is said of servers that are wrong, and in which time.

use super::{
    casd::free_port,
    fake::{self, TOKEN, Wrong},
};
use repro::{
    bytes::Kind,
    remote::{Remote, Server},
};
use std::time::{Duration, Instant};

/// Connects; the error, and how long it took.
fn refused(url: &str, patience: Duration) -> (repro::bytes::Error, Duration) {
    let mut server = Server::new(url.parse().unwrap());
    server.patience = patience;
    let started = Instant::now();
    match Remote::connect(&server) {
        Err(error) => (error, started.elapsed()),
        Ok(_) => panic!("{url} was taken"),
    }
}

#[test]
fn another_version_is_refused_by_its_number() {
    let (error, _) = refused(&fake::start(Wrong::Version), Duration::from_secs(20));
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(
        error
            .to_string()
            .contains("versions 3.0 to 3.0 of the Remote Execution API; repro speaks 2"),
        "{error}"
    );
}

#[test]
fn another_digest_is_refused_by_its_name() {
    let (error, _) = refused(&fake::start(Wrong::Digests), Duration::from_secs(20));
    assert!(error.to_string().contains("BLAKE3"), "{error}");
}

#[test]
fn who_is_denied_is_told_at_once_and_a_token_helps() {
    let url = fake::start(Wrong::Denies);
    let (error, took) = refused(&url, Duration::from_secs(60));
    assert_eq!(error.kind(), Kind::Refused);
    assert!(
        error.to_string().contains("who are you?") && error.hint().unwrap().contains("--remote-token"),
        "{error}"
    );
    assert!(took < Duration::from_secs(30), "{took:?}: it was tried again");
    let mut server = Server::new(url.parse().unwrap());
    server
        .headers
        .push(("Authorization".to_owned(), format!("Bearer {TOKEN}")));
    Remote::connect(&server).unwrap();
}

#[test]
fn nobody_waits_longer_than_asked() {
    let patience = Duration::from_secs(2);
    for url in [fake::start(Wrong::Hangs), format!("grpc://127.0.0.1:{}", free_port())] {
        let (error, took) = refused(&url, patience);
        assert_eq!(error.kind(), Kind::Failed, "{error}");
        assert!(took < Duration::from_secs(10), "{url}: {took:?}");
        assert!(error.to_string().contains(&url), "{error}");
    }
}

#[test]
fn a_server_that_is_unavailable_for_a_moment_is_asked_again() {
    let server = Server::new(fake::start(Wrong::Recovers).parse().unwrap());
    Remote::connect(&server).unwrap();
}

#[test]
fn a_server_without_encryption_is_no_server_with_it() {
    let url = fake::start(Wrong::Bytes).replace("grpc://", "grpcs://");
    let (error, took) = refused(&url, Duration::from_secs(2));
    assert!(
        took < Duration::from_secs(10) && error.kind() == Kind::Failed,
        "{error}"
    );
}
