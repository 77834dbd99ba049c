//! `repro ddc SPEC`, `repro ddc init [FILE]`

use super::{
    Error, Global, Status, progress,
    publish::{Also, Publication},
    remote::{self, Remote},
};
use repro::{
    ddc::{self, Options, spec::Spec},
    model::DdcVerdict,
    rebuild::{self, units},
    report::ddc::Ddc,
};
use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// Check a compiler against its source by diverse double-compiling
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Args {
    #[command(subcommand)]
    init: Option<Init>,
    /// The spec, a TOML file; `repro ddc init` writes one to start from
    #[arg(required = true)]
    spec: Option<PathBuf>,
    /// Bring a source tree that is not there with the spec's `fetch` command
    #[arg(long)]
    fetch: bool,
    /// Longest time of one stage [default: that of the spec, else 1h]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// Keep the artifacts of every stage
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Keep stages in DIR, and take from there what was made of the same inputs: a second run, or one after an interruption, makes only the rest
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    #[command(flatten)]
    also: Also,
    /// Show every finding, function and file
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    remote: Remote,
}

#[derive(clap::Subcommand, Debug)]
enum Init {
    /// Write a commented spec for a self-hosting compiler
    Init {
        /// Where to; `-` is standard output
        #[arg(default_value = "ddc.toml")]
        file: PathBuf,
    },
}

/// Exit status 0 match, 1 mismatch, 2 anything that leaves the question open.
pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Error> {
    if let Some(Init::Init { file }) = &args.init {
        return init(file, global);
    }
    let publication = Publication::new(global, &args.also, args.verbose, &[])?;
    let path = args.spec.as_deref().unwrap_or(Path::new("ddc.toml"));
    let mut spec = Spec::load(path)?;
    if args.timeout.is_some() {
        spec.limits.timeout = args.timeout;
    }
    if let Some(keep) = args.keep.as_deref().filter(|keep| keep.exists()) {
        return Err(Error::new(format!(
            "{}: it is there already; give --keep a new folder",
            keep.display()
        )));
    }
    let options = Options {
        program: rebuild::program(None)?,
        site: args.remote.site()?,
        variables: allowed(&spec)?,
        width: global.jobs(),
        work: args.work.clone(),
        keep: args.keep.clone(),
        cache: args.cache.clone(),
        fetch: args.fetch,
    };
    let found = progress::with_runs(global.progress(), |tell| {
        ddc::run(&spec, &options, tell).map_err(Error::from)
    })?;
    remote::tell(options.site.as_ref(), global);
    publication.publish(&Ddc {
        found: &found,
        spec: &path.display().to_string(),
    })?;
    Ok(match found.verdict {
        DdcVerdict::Match | DdcVerdict::MatchAfterNormalising => Status::Same,
        DdcVerdict::Mismatch => Status::Differs,
        DdcVerdict::NotDeterministic | DdcVerdict::Failed => Status::Trouble,
    })
}

/// Never over a file that is there.
fn init(file: &Path, global: &Global) -> Result<Status, Error> {
    if file == Path::new("-") {
        global.write(|out| out.write_all(ddc::TEMPLATE.as_bytes()))?;
        return Ok(Status::Same);
    }
    let mut out = File::create_new(file).map_err(|error| Error::at(file.display(), error))?;
    out.write_all(ddc::TEMPLATE.as_bytes())
        .map_err(|error| Error::at(file.display(), error))?;
    Ok(Status::Same)
}

/// The variables of ours that the spec hands on.
fn allowed(spec: &Spec) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for name in &spec.environment.allow {
        match env::var(name) {
            Ok(value) => drop(all.insert(name.clone(), value)),
            Err(env::VarError::NotPresent) => {}
            Err(env::VarError::NotUnicode(_)) => {
                return Err(Error::new(format!("{name}: the variable's value is not text")));
            }
        }
    }
    Ok(all)
}
