//! Each kind of record is read, and what is none is refused.

use super::*;

const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn facts(text: &str) -> Vec<(FactKind, Known)> {
    let (_, record) = parse(text).unwrap_or_else(|why| panic!("{why}"));
    record.facts.into_iter().map(|fact| (fact.kind, fact.value)).collect()
}

fn text(text: &str) -> Known {
    Known::Text(text.to_owned())
}

fn named(name: &str, value: &str) -> Known {
    Known::Named {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

#[track_caller]
fn refused(text: &str, says: &str) {
    let why = parse(text).unwrap_err().of("record");
    assert!(why.to_string().contains(says), "{why}\nnot {says}");
}

fn buildinfo() -> String {
    format!(
        "Format: 1.0
Source: hello
Checksums-Sha256:
 {DIGEST} 0 hello_2.10-3_amd64.deb
Build-Origin: Debian
Build-Architecture: amd64
Build-Date: Thu, 01 Feb 2024 13:34:56 +0100
Build-Path: /build/hello-2.10
Installed-Build-Depends:
 gcc-12 (= 12.2.0-14),
 libc6-dev (= 2.36-9+deb12u4)
Environment:
 DEB_BUILD_OPTIONS=\"parallel=4\"
 LANG=\"C.UTF-8\"
 SOURCE_DATE_EPOCH=\"1700000000\"
"
    )
}

#[test]
fn a_buildinfo_of_debians() {
    let found = facts(&buildinfo());
    let over = 1_706_790_896; // `date -d '2024-02-01 13:34:56 +0100' +%s`
    for fact in [
        (
            FactKind::Clock,
            Known::Window {
                from: over - LONGEST,
                to: over,
            },
        ),
        (FactKind::ZoneOffset, Known::Number(3600)),
        (FactKind::BuildPath, text("/build/hello-2.10")),
        (FactKind::Tool, named("gcc-12", "12.2.0-14")),
        (FactKind::CpuCount, Known::Number(4)),
        (FactKind::Locale, text("C.UTF-8")),
        (
            FactKind::SourceDateEpoch,
            Known::Window {
                from: 1_700_000_000,
                to: 1_700_000_000,
            },
        ),
    ] {
        assert!(found.contains(&fact), "{fact:?} is not in {found:?}");
    }
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{}\n-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n",
        buildinfo()
    );
    assert_eq!(facts(&signed), found);
    let (kind, record) = parse(&signed).unwrap();
    assert!(kind.contains("signature is not checked"), "{kind}");
    assert_eq!(record.made[0].name, "hello_2.10-3_amd64.deb");
    assert_eq!(record.made[0].place, "line 7: Checksums-Sha256");
}

#[test]
fn a_buildinfo_of_archs() {
    let found = facts(
        "format = 2\npkgname = hello\npackager = A B <a@b>\nbuilddate = 1700000000\nbuilddir = /build\nstartdir = /startdir\nbuildtool = devtools\n\
         buildtoolver = 1:1.0.4-1-any\noptions = !strip\ninstalled = gcc-libs-13.2.1-3-x86_64\n",
    );
    for fact in [
        (FactKind::BuildPath, text("/startdir")),
        (FactKind::Tool, named("gcc-libs", "13.2.1-3")),
        (FactKind::Tool, named("devtools", "1:1.0.4-1-any")),
        (
            FactKind::SourceDateEpoch,
            Known::Window {
                from: 1_700_000_000,
                to: 1_700_000_000,
            },
        ),
    ] {
        assert!(found.contains(&fact), "{fact:?} is not in {found:?}");
    }
}

fn statement() -> String {
    format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{{"name": "dist/app", "digest": {{"sha256": "{DIGEST}"}}}}],
        "predicate": {{"buildDefinition": {{"internalParameters": {{"environment": {{"HOME": "/home/ci"}}}}}},
        "runDetails": {{"builder": {{"id": "https://ci.example/1", "version": {{"runner": "2.311.0"}}}},
        "metadata": {{"startedOn": "2024-02-01T12:00:00Z", "finishedOn": "2024-02-01T12:05:00Z"}}}}}}}}"#
    )
}

#[test]
fn a_statement_bare_and_in_an_envelope() {
    use base64ct::{Base64, Encoding};
    let (kind, bare) = parse(&statement()).unwrap();
    assert!(
        kind.contains("https://ci.example/1") && kind.contains("unsigned"),
        "{kind}"
    );
    let window = Known::Window {
        from: 1_706_788_800,
        to: 1_706_789_100,
    };
    assert!(
        bare.facts
            .iter()
            .any(|fact| fact.value == window && fact.kind == FactKind::Clock)
    );
    assert!(
        bare.facts
            .iter()
            .any(|fact| fact.value == text("/home/ci") && fact.kind == FactKind::Home)
    );
    assert_eq!(bare.made[0].place, "subject[0].digest.sha256");
    let payload = Base64::encode_string(statement().as_bytes());
    let envelope =
        format!(r#"{{"payloadType": "application/vnd.in-toto+json", "payload": "{payload}", "signatures": []}}"#);
    for text in [
        envelope.clone(),
        format!(r#"{{"mediaType": "x", "dsseEnvelope": {envelope}}}"#),
    ] {
        let (kind, record) = parse(&text).unwrap();
        assert!(kind.contains("signature is not checked"), "{kind}");
        assert_eq!(record.facts, bare.facts);
    }
    let old = statement()
        .replace("provenance/v1", "provenance/v0.2")
        .replace("runDetails", "x")
        .replace(
            r#""x": {"builder""#,
            r#""metadata": {"buildFinishedOn": "2024-02-01T12:05:00Z"}, "x": {"builder""#,
        );
    let window = Known::Window {
        from: 1_706_789_100 - LONGEST,
        to: 1_706_789_100,
    };
    assert!(parse(&old).unwrap().1.facts.iter().any(|fact| fact.value == window));
}

#[test]
fn our_own() {
    let json = format!(
        r#"{{"schema_version": 1, "kernel": "6.1.0-18-amd64 #1 SMP", "environment": {{"TZ": "<+14>-14"}}, "packages": {{"gcc": "1-2"}},
        "artifacts": {{"out/x": {{"sha256": "{DIGEST}", "size": 0}}}}, "told": {{"clock": [5, 6], "hostname": "control", "uid": 1234}}}}"#
    );
    let found = facts(&json);
    for fact in [
        (FactKind::Clock, Known::Window { from: 5, to: 6 }),
        (FactKind::ZoneOffset, Known::Number(14 * 3600)),
        (FactKind::Host, text("control")),
        (FactKind::Uid, Known::Number(1234)),
        (FactKind::KernelRelease, text("6.1.0-18-amd64")),
        (FactKind::KernelVersion, text("#1 SMP")),
    ] {
        assert!(found.contains(&fact), "{fact:?} is not in {found:?}");
    }
}

#[test]
fn what_is_no_record_is_refused_with_its_place() {
    refused("", "record:1: ");
    refused("hello world\n", "begins no record");
    refused("\u{7f}ELF", "begins no record");
    refused("{", "record:1: ");
    refused("{\n\"a\": }", "record:2: ");
    refused("{}", "no record of `repro build --record`");
    refused(r#"{"_type": "x"}"#, "_type");
    refused(&statement().replace("slsa.dev", "else.example"), "predicateType");
    refused(&statement().replace(DIGEST, "abc"), "subject[0].digest.sha256");
    refused(
        &statement().replace("12:00:00Z", "12:00:00"),
        "predicate.runDetails.metadata.startedOn",
    );
    refused(
        &statement().replace("12:00:00Z", "13:00:00Z"),
        "began after it was over",
    );
    refused(r#"{"payload": "%%", "payloadType": "x"}"#, "payload: not base64");
    refused("Format: 3.0\nBuild-Architecture: amd64\n", "record:1: Format 3.0");
    refused("Package: hello\nVersion: 1\n", "no field Format");
    refused(
        "Format: 1.8\nSource: a .changes file\n",
        "says nothing of a build's environment",
    );
    refused(&buildinfo().replace("Thu, 01 Feb", "01.02."), "record:7: Build-Date");
    refused(&buildinfo().replace(DIGEST, "abc"), "record:4: Checksums-Sha256");
    refused(
        &buildinfo().replace("(= 12.2.0-14)", ""),
        "record:10: Installed-Build-Depends",
    );
    refused(&buildinfo().replace("LANG=\"C", "LANG=C"), "record:12: Environment");
    refused(&(buildinfo() + "no field\n"), "record:16: ");
    refused(&(buildinfo() + "Format: 1.0\n"), "a second field format");
    refused("format = 3\nbuilddate = 1\n", "record:1: format");
    refused("format = 2\nbuilddate = soon\n", "record:2: builddate");
    refused("format = 2\npkgname = x\n", "no key builddate");
    refused("format = 2\ninstalled = x\nbuilddate = 1\n", "record:2: installed");
}

#[test]
fn no_prefix_of_a_record_is_a_panic() {
    for text in [buildinfo(), statement()] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = parse(&text[..end]);
        }
    }
}
