//! Encryption, both ways: who the server is, and who calls.

use super::fake;
use repro::remote::{Remote, Server};
use std::{fs, path::Path, process::Command, time::Duration};
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

fn openssl(folder: &Path, words: &[&str]) {
    let made = Command::new("openssl")
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// An authority, and a certificate signed by it for each name.
fn certificates(folder: &Path, names: &[&str]) {
    let new = ["req", "-newkey", "rsa:2048", "-nodes", "-sha256"];
    let authority = [
        "-x509",
        "-days",
        "2",
        "-subj",
        "/CN=authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ];
    openssl(folder, &[&new[..], &authority].concat());
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    for name in names {
        let file = |ending: &str| format!("{name}.{ending}");
        let (key, csr, pem) = (file("key"), file("csr"), file("pem"));
        openssl(
            folder,
            &[&new[..], &["-subj", "/CN=localhost", "-keyout", &key, "-out", &csr]].concat(),
        );
        let sign = [
            "x509",
            "-req",
            "-days",
            "2",
            "-sha256",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
        ];
        openssl(
            folder,
            &[&sign[..], &["-extfile", "names", "-in", &csr, "-out", &pem]].concat(),
        );
    }
}

#[test]
fn a_server_must_be_known_and_so_must_be_who_calls() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path(), &["server", "client"]);
    let at = |name: &str| folder.path().join(name);
    let read = |name: &str| fs::read(at(name)).unwrap();
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(read("server.pem"), read("server.key")))
        .client_ca_root(Certificate::from_pem(read("ca.pem")));
    let mut server = Server::new(fake::start_encrypted(tls).parse().unwrap());
    server.patience = Duration::from_secs(2);
    let refused = |server: &Server| match Remote::connect(server) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("it was let in"),
    };
    assert!(refused(&server).contains("UnknownIssuer"), "{}", refused(&server));
    server.authorities = Some(at("ca.pem"));
    refused(&server);
    server.identity = Some((at("client.pem"), at("client.key")));
    server.patience = Duration::from_secs(20);
    Remote::connect(&server).unwrap();
    server.authorities = Some(at("names"));
    assert!(refused(&server).contains("is not PEM"));
}
