//! `repro ddc SPEC`, `repro ddc init [FILE]`

use super::{Error, Format, Global, Status, ci, progress};
use repro::{
    ddc::{self, Options, spec::Spec},
    model::DdcVerdict,
    rebuild::{self, units},
    report,
};
use std::{
    cell::LazyCell,
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
    /// Folder below which the work folder is made [default: $TMPDIR, else /tmp]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Write a further report; may be given more than once
    #[arg(long, value_name = "FORMAT=FILE", value_parser = super::also)]
    also: Vec<(Format, PathBuf)>,
    /// Show every finding, function and file
    #[arg(short, long)]
    verbose: bool,
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
    let format = global.format(ci::REPORTS)?;
    super::check_also(&args.also, global, ci::REPORTS, &[])?;
    let path = args.spec.as_deref().unwrap_or(Path::new("ddc.toml"));
    let mut spec = Spec::load(path).map_err(Error::new)?;
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
        program: rebuild::program(None).map_err(Error::new)?,
        variables: allowed(&spec)?,
        width: global.jobs(),
        work: args.work.clone(),
        keep: args.keep.clone(),
        fetch: args.fetch,
    };
    let found = progress::with_runs(global.progress(), |tell| {
        ddc::run(&spec, &options, tell).map_err(Error::new)
    })?;
    let listed = LazyCell::new(|| ci::helped(report::ddc::problems::of(&found, &path.display().to_string())));
    let write = |format: Format, color: bool, out: &mut dyn Write| match format {
        Format::Json => report::json(&found, out),
        Format::Html => report::ddc::html::write(&found, out),
        Format::Markdown => report::ddc::markdown::write(&found, out),
        format if ci::PROBLEMS.contains(&format) => ci::write(&listed, format, out),
        _ => {
            let options = report::format::Options {
                color,
                verbose: args.verbose,
            };
            report::ddc::text::write(&found, options, out)
        }
    };
    ci::report(global, format, &args.also, &ci::word(found.verdict), &listed, write)?;
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
                return Err(Error::new(format!("{name}: the variable's value is no text")));
            }
        }
    }
    Ok(all)
}
