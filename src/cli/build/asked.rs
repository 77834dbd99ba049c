//! From arguments and repro.toml to what is to be built, and how.

use super::{super::Error, Args};
use repro::rebuild::{
    self, Build, Replay,
    config::{self, Config, Words},
    remedy,
};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// What `repro.toml` of a repository says, as `repro build` would do it there; the artifacts are those that are given, if any are.
pub(in crate::cli) fn by_config(root: &Path, artifacts: &[String]) -> Result<Build, Error> {
    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        args: Args,
    }
    let mut args = <Alone as clap::Parser>::parse_from(["repro"]).args;
    root.clone_into(&mut args.source);
    args.artifacts = artifacts.to_vec();
    build(&args)
}

/// What the command line, `repro.toml` and the caller's environment ask for, in this order.
pub(super) fn build(args: &Args) -> Result<Build, Error> {
    let source = fs::canonicalize(&args.source).map_err(|error| Error::at(args.source.display(), error))?;
    let file = Config::load(&source).map_err(Error::new)?;
    let steps = match args.command.as_slice() {
        [] => file.steps(),
        [line] => vec![config::step("build", Words::Line(line.clone()).argv())],
        words => vec![config::step("build", words.to_vec())],
    };
    if steps.is_empty() {
        return Err(Error::new(
            "nothing to build: give a command after --, or `command` in repro.toml",
        ));
    }
    if let Some(step) = steps
        .iter()
        .find(|step| step.command.first().is_none_or(String::is_empty))
    {
        return Err(Error::new(format!("step {:?}: its command is empty", step.name)));
    }
    let artifacts = if args.artifacts.is_empty() {
        file.artifacts.clone()
    } else {
        args.artifacts.clone()
    };
    if artifacts.is_empty() {
        return Err(Error::new(
            "no artifact is named: give --artifact GLOB, or `artifacts` in repro.toml",
        ));
    }
    rebuild::artifacts::Patterns::new(&artifacts).map_err(Error::new)?;
    let (variations, without) = variations(args, &file)?;
    let only = match args.vary.as_slice() {
        [] => None,
        [control] if control == "control" => Some(Vec::new()),
        names => Some(names.to_vec()),
    };
    let single = only.iter().flatten().filter(|name| *name != rebuild::ALL);
    for name in variations.iter().chain(&without).chain(single) {
        config::known(name).map_err(Error::new)?;
    }
    for name in &args.remedies {
        remedy::known(name).map_err(Error::new)?;
    }
    let secrets = secrets(args, &file)?;
    rebuild::secret::Secrets::new(&secrets).map_err(Error::new)?;
    let mut variables = variables(args, &file)?;
    variables.retain(|name, _| !secrets.contains_key(name));
    Ok(Build {
        source,
        all_files: args.all_files || file.all_files.unwrap_or(false),
        steps,
        artifacts,
        variables,
        secrets,
        variations,
        without,
        only,
        remedies: args.remedies.clone(),
        network: args.network || file.network.unwrap_or(false),
        timeout: args.timeout.or(file.timeout).unwrap_or(Duration::from_secs(3600)),
        total_timeout: args.total_timeout.or(file.total_timeout),
        output_limit: args.output_limit.or(file.output_limit).unwrap_or(256 << 20),
        disk_limit: args.disk_limit.or(file.disk_limit).unwrap_or(16 << 30),
        seed: args.seed.or(file.seed).unwrap_or(1),
        clock: args.clock.or(file.clock).unwrap_or_else(yesterday),
        trace: !args.no_trace,
        try_fixes: args.try_fixes || file.try_fixes.unwrap_or(false),
        details: false,
        keep: args.keep.clone(),
        record: args.record.clone(),
        against: args.against.clone(),
        work: args.work.clone(),
        replay: replay(args),
    })
}

/// Which variations are tested, and which are not.
fn variations(args: &Args, file: &Config) -> Result<(Vec<String>, Vec<String>), Error> {
    let pick = |on| {
        file.variations
            .iter()
            .filter(move |(_, v)| **v == on)
            .map(|(name, _)| name.clone())
    };
    if !args.variations.is_empty() {
        return Ok((args.variations.clone(), args.without.clone()));
    }
    let mut without: Vec<String> = pick(false).chain(args.without.clone()).collect();
    without.sort();
    without.dedup();
    Ok((pick(true).collect(), without))
}

fn caller(name: &str) -> Result<Option<String>, Error> {
    match env::var_os(name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(Error::new(format!("{name}: the variable's value is no text"))),
    }
}

/// Variables that are handed to the build.
fn variables(args: &Args, file: &Config) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in ["PATH", "SOURCE_DATE_EPOCH", "CARGO_HOME", "RUSTUP_HOME", "PYENV_ROOT"] {
        if let Some(value) = caller(name)? {
            all.insert(name.to_owned(), value);
        }
    }
    // HOME is another one in a build: tools that are installed below the caller's must still be found.
    if let Some(home) = env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from) {
        for (name, folder) in [
            ("CARGO_HOME", ".cargo"),
            ("RUSTUP_HOME", ".rustup"),
            ("PYENV_ROOT", ".pyenv"),
        ] {
            let path = home.join(folder);
            if let (false, Some(text), true) = (all.contains_key(name), path.to_str(), path.is_dir()) {
                all.insert(name.to_owned(), text.to_owned());
            }
        }
    }
    for word in file.env.iter().chain(&args.env) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), caller(word)?),
        };
        if name.is_empty() || word.contains('\0') {
            return Err(Error::new(format!("--env {word:?}: give NAME or NAME=VALUE")));
        }
        if let Some(value) = value {
            all.insert(name.to_owned(), value);
        }
    }
    Ok(all)
}

fn secrets(args: &Args, file: &Config) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in file.secrets.iter().chain(&args.secrets) {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(Error::new(
                "--secret takes the name of a variable of yours; its value must not be on the command line",
            ));
        }
        match caller(name)? {
            Some(value) => all.insert(name.clone(), value),
            None => {
                return Err(Error::new(format!(
                    "secret {name}: there is no such variable in your environment"
                )));
            }
        };
    }
    Ok(all)
}

/// Yesterday, 10:11:12 UTC: recent enough for certificates, and not the moment at which anything is built.
#[allow(
    clippy::disallowed_methods,
    reason = "the default of --clock; the report says what it was"
)]
fn yesterday() -> i64 {
    const DAY: u64 = 86_400;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = now.map_or(0, |since| since.as_secs()) / DAY;
    i64::try_from((days.saturating_sub(1)) * DAY + 10 * 3600 + 11 * 60 + 12).unwrap_or(0)
}

/// The options that a replay needs; what is in `repro.toml` is read again.
fn replay(args: &Args) -> Replay {
    let mut options = vec!["repro".to_owned(), "build".to_owned()];
    let mut add = |name: &str, value: &dyn std::fmt::Display| options.extend([name.to_owned(), value.to_string()]);
    if args.source != Path::new(".") {
        add("--source", &args.source.display());
    }
    let lists = [
        ("--artifact", &args.artifacts),
        ("--env", &args.env),
        ("--secret", &args.secrets),
    ];
    for (name, values) in lists {
        values.iter().for_each(|value| add(name, value));
    }
    for (name, time) in [("--timeout", args.timeout), ("--total-timeout", args.total_timeout)] {
        if let Some(time) = time {
            add(name, &time.as_secs());
        }
    }
    for (name, size) in [("--output-limit", args.output_limit), ("--disk-limit", args.disk_limit)] {
        if let Some(size) = size {
            add(name, &size);
        }
    }
    let switches = [
        ("--all-files", args.all_files),
        ("--network", args.network),
        ("--no-trace", args.no_trace),
    ];
    options.extend(
        switches
            .iter()
            .filter(|(_, on)| *on)
            .map(|(name, _)| (*name).to_owned()),
    );
    let mut choice = Vec::new();
    for (name, values) in [("--variations", &args.variations), ("--without", &args.without)] {
        if !values.is_empty() {
            choice.extend([name.to_owned(), values.join(",")]);
        }
    }
    Replay {
        options,
        choice,
        command: args.command.clone(),
    }
}
