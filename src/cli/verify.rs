//! `repro verify [OPTIONS] --attestations PATH --keyring FILE --threshold K ARTIFACT…`

use super::{
    Error, Global, Status,
    publish::{Also, Publication},
};
use repro::{
    attest::{
        date,
        judge::{self, Artifact, Asked, source::Wanted},
        keyring::Keyring,
    },
    bytes::{digest::Algorithm, source},
    model::{Digests, VerifyVerdict},
    notation::Unreadable,
    policy,
};
use std::path::{Path, PathBuf};

/// Verify that k of n rebuilders agree on an artifact
///
/// Reads the envelopes that `repro attest` writes, offline, and says of each whether it counts and why not. Only distinct rebuilders of
/// the keyring count, each once, and only for the bytes that they state.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What is to be agreed on
    #[arg(value_name = "ARTIFACT", required = true)]
    artifacts: Vec<PathBuf>,
    /// Envelopes: a folder with *.json and *.jsonl, or a file
    #[arg(long, value_name = "PATH")]
    attestations: PathBuf,
    /// Trusted rebuilders and their keys (TOML)
    #[arg(long, value_name = "FILE")]
    keyring: PathBuf,
    /// How many distinct rebuilders must agree
    #[arg(long, value_name = "K")]
    threshold: usize,
    /// Count double compilations (`repro attest --ddc`) in place of rebuilds: that k of n state that a compiler corresponds to its source
    #[arg(long)]
    ddc: bool,
    /// What the artifact is called in statements [default: a statement's name must be the end of ARTIFACT]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Also refuse if a trusted rebuilder states other bytes or contradicts itself, or if an envelope could not be read whole
    #[arg(long)]
    no_dissent: bool,
    /// Do not count what was rebuilt more than N days ago
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    max_age_days: Option<i64>,
    /// Count only attestations that name this source: its URI, or a digest as gitCommit:HEX or reproTree:HEX; given more than once, each
    #[arg(long, value_name = "URI|DIGEST", value_parser = Wanted::read)]
    source: Vec<Wanted>,
    /// Today, for dates [default: by the clock, in UTC; never by SOURCE_DATE_EPOCH]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<i64>,
    #[command(flatten)]
    also: Also,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let publication = Publication::new(global, &args.also, false, &[&args.keyring, &args.attestations])?;
    if args.name.is_some() && args.artifacts.len() > 1 {
        return Err(Error::new(
            "--name is for one artifact: verify the others by themselves",
        ));
    }
    global.start_threads()?;
    let keyring = Keyring::read(&args.keyring)?;
    let artifacts: Result<Vec<Artifact>, Error> = args
        .artifacts
        .iter()
        .map(|path| {
            if path.to_str().is_none() && args.name.is_none() {
                let what = path.display();
                return Err(Error::new(format!(
                    "{what}: its name is not UTF-8: say by --name what statements call it"
                )));
            }
            Ok(Artifact {
                path: path.display().to_string(),
                name: args.name.clone(),
                digests: digests(path)?,
            })
        })
        .collect();
    let today = date::day(&policy::today()).unwrap_or(0);
    let report = judge::verify(&Asked {
        artifacts: artifacts?,
        attestations: &args.attestations,
        keyring: &keyring,
        threshold: args.threshold,
        no_dissent: args.no_dissent,
        today: args.today.unwrap_or(today),
        max_age: args.max_age_days,
        ddc: args.ddc,
        sources: args.source.clone(),
    })?;
    publication.publish(&report)?;
    Ok(match report.verdict {
        VerifyVerdict::Agreed => Status::Same,
        VerifyVerdict::Disputed | VerifyVerdict::NotAgreed => Status::Differs,
    })
}

/// Both digests of a file.
pub(super) fn digests(path: &Path) -> Result<Digests, Error> {
    let bytes = source::load(path).map_err(|error| Error::at(path.display(), error))?;
    let hex = |algorithm: Algorithm| algorithm.digest(&bytes).to_string();
    Ok(Digests {
        size: bytes.len() as u64,
        sha256: hex(Algorithm::Sha256),
        blake3: hex(Algorithm::Blake3),
        symlink: false,
    })
}

/// `2027-01-31`, in days since 1970.
pub(super) fn day(word: &str) -> Result<i64, Unreadable> {
    date::day(word).ok_or_else(|| Unreadable::said(word, "give a day as 2027-01-31"))
}
