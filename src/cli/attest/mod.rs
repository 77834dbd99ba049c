//! `repro attest [OPTIONS] --key FILE [ARTIFACT…]`

mod facts;

use super::{Error, Global, Status, names, verify::day, warn};
use repro::{
    attest::{
        date, dsse,
        key::Signer,
        statement::{self, Written},
    },
    notation::Unreadable,
    report::format::Format,
};
use std::{
    fs,
    io::{IsTerminal as _, Read as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Sign what was rebuilt
///
/// States what a rebuild gave, as in-toto statements with SLSA provenance, signed by an ed25519 key of minisign or OpenSSH. What is
/// locked, or given as --expected, decides between `reproduced` and `differs`; both are stated, and so is a failed rebuild.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What was rebuilt: paths or globs below the root [default: all that is locked, else `artifacts` of repro.toml]
    #[arg(value_name = "ARTIFACT")]
    artifacts: Vec<String>,
    /// Secret key: minisign's, or OpenSSH's of kind ed25519
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Password of the key, the first line of FILE; `-` is standard input [default: $REPRO_KEY_PASSWORD, else it is asked for on a terminal]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Where the built artifacts lie, if not below the root
    #[arg(long, value_name = "DIR")]
    built: Option<PathBuf>,
    /// What the artifacts must be [default: `lock` of repro.toml, else repro.lock, if there is one]
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// What the one artifact must be: a file, or a SHA-256 in hexadecimal
    #[arg(long, value_name = "FILE|SHA256", conflicts_with = "lock")]
    expected: Option<String>,
    /// What the rebuild was made with, as `repro build --record` wrote it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// The source: a folder, or its digest as `repro hash --format json` gives it [default: by the record]
    #[arg(long, value_name = "DIR|DIGEST")]
    source: Option<String>,
    /// Where the source comes from, for `verify --source`
    #[arg(long, value_name = "URI")]
    source_uri: Option<String>,
    /// State a double compilation in place of a rebuild: what `repro ddc --format json` has printed
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["artifacts", "built", "lock", "expected", "record", "variations", "failed"])]
    ddc: Option<PathBuf>,
    /// What the rebuild varied
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = names::variations(), hide_possible_values = true)]
    variations: Vec<String>,
    /// URI of this rebuilder [default: one made of the key]
    #[arg(long, value_name = "URI", value_parser = uri)]
    builder_id: Option<String>,
    /// Why the rebuild gave nothing
    #[arg(long, value_name = "REASON", conflicts_with = "built")]
    failed: Option<String>,
    /// When it began: @SECONDS, or as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    started: Option<i64>,
    /// When it was over [default: $SOURCE_DATE_EPOCH, else now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    time: Option<i64>,
    /// The last day on which the statement holds
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    expires: Option<i64>,
    /// How many days it holds
    #[arg(long, value_name = "N", conflicts_with = "expires", value_parser = clap::value_parser!(i64).range(1..=36_500))]
    valid_days: Option<i64>,
    /// Write one file for each outcome to DIR, which is created
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    out_dir: Option<PathBuf>,
    /// Beside each envelope, write the statement and a signature that `minisign -V` or `ssh-keygen -Y verify` verifies
    #[arg(long)]
    detached: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    let format = global.format();
    if args.detached && args.out_dir.is_none() && global.output_file().is_none() {
        return Err(Error::new(
            "--detached writes further files: give --out-dir or --output",
        ));
    }
    global.start_threads()?;
    let signer = signer(&args.key, args.password_file.as_deref())?;
    let written = statement::statements(&facts::facts(args, signer.id())?)?;
    let Some(folder) = &args.out_dir else {
        return one(args, global, &signer, &written);
    };
    fs::create_dir_all(folder).map_err(|error| Error::at(folder.display(), error))?;
    let mut lines = Vec::new();
    for statement in &written {
        let name = envelope(folder, statement, written.len(), &signer)?;
        if args.detached {
            detached(&folder.join(&name), statement, &signer)?;
        }
        lines.push((name, statement));
    }
    global.write(|out| match format {
        Format::Json => {
            let written: Vec<_> = lines
                .iter()
                .map(|(name, s)| serde_json::json!({"file": name, "outcome": s.outcome.word(), "subjects": s.subjects}))
                .collect();
            let value = serde_json::json!({"schema_version": 1, "keyid": signer.id(), "written": written});
            writeln!(out, "{value:#}")
        }
        _ => lines.iter().try_for_each(|(name, statement)| {
            let outcome = statement.outcome.word();
            writeln!(out, "{name}: {outcome}: {}", statement.subjects.join(", "))
        }),
    })?;
    Ok(Status::Same)
}

/// The key that signs; a locked one is opened by a file's first line, the variable, or the person at the terminal.
pub(super) fn signer(key: &Path, password_file: Option<&Path>) -> Result<Signer, Error> {
    let password = password(password_file)?;
    let (signer, warning) = Signer::read(key, &|| password.clone().or_else(|| prompt(key)))?;
    warning.iter().for_each(warn);
    Ok(signer)
}

/// Signs one of some statements, into a file of its own; that file's name.
pub(super) fn envelope(folder: &Path, statement: &Written, of: usize, signer: &Signer) -> Result<String, Error> {
    let name = file_name(statement, of, signer.id());
    save(&folder.join(&name), &dsse::sign(statement.text.as_bytes(), signer)?)?;
    Ok(name)
}

/// The only envelope, where `--output` says.
fn one(args: &Args, global: &Global, signer: &Signer, written: &[Written]) -> Result<Status, Error> {
    let [statement] = written else {
        let outcomes: Vec<&str> = written.iter().map(|statement| statement.outcome.word()).collect();
        return Err(Error::new(format!(
            "the artifacts ended unlike ({}), which takes a file for each: give --out-dir",
            outcomes.join(", ")
        )));
    };
    let envelope = dsse::sign(statement.text.as_bytes(), signer)?;
    global.write(|out| out.write_all(envelope.as_bytes()))?;
    if let (true, Some(path)) = (args.detached, global.output_file()) {
        detached(path, statement, signer)?;
    }
    Ok(Status::Same)
}

/// The statement itself, and a signature of that file, beside an envelope.
fn detached(envelope: &Path, statement: &Written, signer: &Signer) -> Result<(), Error> {
    let name = envelope.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    let stem = stem.strip_suffix(".intoto").unwrap_or(stem);
    let name = format!("{stem}.statement.json");
    let (extension, signature) = signer.detached(statement.text.as_bytes())?;
    save(&envelope.with_file_name(&name), &statement.text)?;
    save(&envelope.with_file_name(format!("{name}.{extension}")), &signature)
}

fn save(path: &Path, text: &str) -> Result<(), Error> {
    super::replace(path, |out| out.write_all(text.as_bytes())).map_err(|error| Error::at(path.display(), error))
}

/// After the one artifact or all of them, the outcome where there are several, the statement and the key: rebuilders can share a folder,
/// and what was signed is not overwritten by another statement.
fn file_name(statement: &Written, of: usize, keyid: &str) -> String {
    let stem = match statement.subjects.as_slice() {
        [one] => one.rsplit('/').next().unwrap_or(one),
        _ => "artifacts",
    };
    let outcome = match of {
        1 => String::new(),
        _ => format!(".{}", statement.outcome.word()),
    };
    let digest = statement::sha256(statement.text.as_bytes());
    let (digest, key) = (digest.get(..8).unwrap_or(&digest), keyid.get(..8).unwrap_or(keyid));
    format!("{stem}{outcome}.{digest}.{key}.intoto.json")
}

fn password(file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Error> {
    let Some(path) = file else {
        return Ok(std::env::var("REPRO_KEY_PASSWORD").ok().map(Zeroizing::new));
    };
    let failed = |error| Error::at(path.display(), error);
    let mut text = Zeroizing::new(String::with_capacity(4097));
    match path == Path::new("-") {
        true => std::io::stdin().take(4097).read_to_string(&mut text),
        false => fs::File::open(path)
            .map_err(failed)?
            .take(4097)
            .read_to_string(&mut text),
    }
    .map_err(failed)?;
    if text.len() > 4096 {
        return Err(Error::new(format!("{}: too long for a password", path.display())));
    }
    Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())))
}

/// Asks the person at the terminal, if there is one.
fn prompt(key: &Path) -> Option<Zeroizing<String>> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let asked = rpassword::prompt_password(format!("Password of {}: ", key.display()));
    asked.ok().map(Zeroizing::new)
}

fn moment(word: &str) -> Result<i64, Unreadable> {
    date::moment(word).ok_or_else(|| Unreadable::said(word, "give @SECONDS, or a moment as 2027-01-31T12:00:00Z"))
}

fn uri(word: &str) -> Result<String, Unreadable> {
    let scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    let good = word
        .split_once(':')
        .is_some_and(|(name, rest)| scheme(name) && !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()));
    match good {
        true => Ok(word.to_owned()),
        false => Err(Unreadable::said(word, "give a URI, as https://rebuilder.example/")),
    }
}
