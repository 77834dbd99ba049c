//! Workers as a place where runs are made: a run becomes an action, and what comes of the action becomes the run's result.

use super::{
    action::Asked,
    api::ActionResult,
    blob::{BlobId, Pieces, open},
    client::Remote,
    execute::{self, Ended},
    outputs::{Output, Outputs},
    script::{self, ROOT},
    server::Server,
    tree::Folder,
    upload::Sent,
};
use crate::{
    bytes::Error,
    model::RunOutcome,
    rebuild::{
        artifacts::{self, Patterns},
        machine::Machine,
        sandbox::{RunResult, RunSpec},
        site::Site,
    },
};
use std::{
    collections::BTreeMap,
    fmt, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The least time from the beginning of a run to that of the next: a clock that is not pinned then shows another second.
const APART: Duration = Duration::from_millis(2100);
/// Name of the program that a run can be shown, in the input root.
const SELF: &str = ".repro";

/// The workers of a server.
pub struct Workers {
    remote: Remote,
    /// This program, for runs that look round.
    program: PathBuf,
    seen: Mutex<Seen>,
}

/// What is known of the runs before.
#[derive(Default)]
struct Seen {
    /// When the last began.
    last: Option<Instant>,
    /// This program, as the server knows it.
    program: Option<BlobId>,
    /// The first run's folder.
    folder: PathBuf,
    /// What it made, and whether that is here already.
    first: BTreeMap<String, (Output, bool)>,
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Workers").field(self.remote.server()).finish()
    }
}

#[allow(clippy::disallowed_methods, reason = "two runs must not show the same second")]
fn now() -> Instant {
    Instant::now()
}

impl Workers {
    /// Connects to a server. `program` is this program: a worker runs it once for each variation, to see what it changes.
    ///
    /// # Errors
    /// As [`Remote::connect`].
    pub fn connect(server: &Server, program: &Path) -> Result<Self, Error> {
        Ok(Self {
            remote: Remote::connect(server)?,
            program: program.to_owned(),
            seen: Mutex::default(),
        })
    }

    /// The connection.
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the clock shows another second than when the last run began.
    fn wait(&self) {
        let mut seen = self.seen();
        if let Some(last) = seen.last {
            std::thread::sleep(APART.saturating_sub(last.elapsed()));
        }
        seen.last = Some(now());
    }

    /// This program, hashed once.
    fn image(&self, pieces: &mut Pieces) -> Result<BlobId, Error> {
        let known = self.seen().program;
        let id = match known {
            Some(id) => id,
            None => BlobId::read(open(&self.program)?).map_err(|error| Error::at(&self.program, &error))?,
        };
        self.seen().program = Some(id);
        pieces.keep(id, &self.program);
        Ok(id)
    }

    /// All that a run sees.
    fn root(&self, spec: &RunSpec, pieces: &mut Pieces) -> Result<Folder, Error> {
        let mut root = Folder::default();
        root.below(below(&spec.environment.build_path)?)?
            .read(&spec.source, pieces)?;
        for input in &spec.inputs {
            let at = below(&input.at)?;
            match input.from.is_dir() {
                true => root.below(at)?.read(&input.from, pieces)?,
                false => root.put(at, &input.from, pieces)?,
            }
        }
        if spec.show_self {
            let id = self.image(pieces)?;
            root.file(SELF, id, true);
        }
        Ok(root)
    }

    fn asked(&self, spec: &RunSpec, pieces: &mut Pieces) -> Result<Asked, Error> {
        let source = below(&spec.environment.build_path)?;
        let script = script::of(&spec.steps, &spec.environment);
        Ok(Asked {
            root: self.root(spec, pieces)?,
            arguments: ["/bin/sh", "-c", &script.text].map(str::to_owned).to_vec(),
            variables: script.variables,
            outputs: places(source, &spec.artifacts),
            platform: self.remote.server().platform.clone(),
            timeout: Duration::from_millis(spec.timeout_ms),
            salt: spec.folder.display().to_string(),
        })
    }

    /// What came of it.
    fn result(&self, spec: &RunSpec, before: &Folder, done: &ActionResult) -> Result<RunResult, Error> {
        let printed = match self.printed(spec, done)? {
            Ok(printed) => printed,
            Err(why) => return Ok(failed(why)),
        };
        let source = format!("{}/", below(&spec.environment.build_path)?);
        let made = self.remote.outputs(done)?;
        let made: Outputs = made
            .into_iter()
            .filter_map(|(path, output)| Some((path.strip_prefix(&source)?.to_owned(), output)))
            .collect();
        let globs = Patterns::new(&spec.artifacts)?;
        let kept: Outputs = made
            .iter()
            .filter(|(path, _)| globs.is_match(Path::new(path)))
            .map(|(path, output)| (path.clone(), output.clone()))
            .collect();
        let size: u64 = kept.values().map(Output::size).sum();
        if size > spec.disk_limit {
            return Ok(failed(format!(
                "it made {size} bytes, more than the {} that it may",
                spec.disk_limit
            )));
        }
        let unchanged = before.files(&source);
        let written = made
            .iter()
            .filter(|(path, output)| unchanged.get(*path) != Some(*output));
        let mut result = RunResult {
            artifacts: digests(kept.iter()),
            written: digests(written),
            real_time: execute::when(done),
            ..RunResult::empty()
        };
        result.why = match done.exit_code {
            0 if kept.is_empty() && !spec.artifacts.is_empty() => Some(artifacts::nothing(&spec.artifacts)),
            0 => None,
            status => {
                let text = String::from_utf8_lossy(&printed);
                Some(script::said(&text).map_or_else(|| format!("exit status {status}"), str::to_owned))
            }
        };
        result.outcome = match result.why {
            None => RunOutcome::Built,
            Some(_) => RunOutcome::Failed,
        };
        // What a run leaves that failed is not compared with others'.
        if spec.whole || result.outcome == RunOutcome::Built {
            self.bring(spec, &kept)?;
        }
        Ok(result)
    }

    /// Takes what was printed to the run's log; why not, if there is too much of it.
    fn printed(&self, spec: &RunSpec, done: &ActionResult) -> Result<Result<Vec<u8>, String>, Error> {
        let mut printed = done.stdout_raw.clone();
        if let Some(id) = done
            .stdout_digest
            .as_ref()
            .and_then(BlobId::told)
            .filter(|_| printed.is_empty())
        {
            if id.size() > spec.output_limit {
                let limit = spec.output_limit;
                return Ok(Err(format!(
                    "it printed {} bytes, more than the {limit} that it may",
                    id.size()
                )));
            }
            printed = self.remote.read(&[id])?.remove(&id).unwrap_or_default();
        }
        // The script sends all of it to standard output; this is of whoever started the script.
        printed.extend(&done.stderr_raw);
        let log = spec.folder.join("log");
        fs::write(&log, &printed).map_err(|error| Error::at(&log, &error))?;
        Ok(Ok(printed))
    }

    /// Brings the bytes of artifacts: all, or those that are not as in the first run, with the first run's.
    fn bring(&self, spec: &RunSpec, made: &Outputs) -> Result<(), Error> {
        let folder = artifacts::folder(&spec.folder);
        fs::create_dir_all(&folder).map_err(|error| Error::at(&folder, &error))?;
        if spec.whole {
            return made
                .iter()
                .try_for_each(|(path, output)| self.take(output, &folder, path));
        }
        let mut seen = self.seen();
        if seen.first.is_empty() {
            seen.folder = folder;
            seen.first = made
                .iter()
                .map(|(path, output)| (path.clone(), (output.clone(), false)))
                .collect();
            return Ok(());
        }
        let first = seen.folder.clone();
        let others = made
            .iter()
            .filter(|(path, output)| seen.first.get(*path).is_none_or(|(first, _)| first != *output));
        for (path, output) in others.collect::<Vec<_>>() {
            self.take(output, &folder, path)?;
            if let Some((output, here)) = seen.first.get_mut(path).filter(|(_, here)| !here) {
                self.take(output, &first, path)?;
                *here = true;
            }
        }
        Ok(())
    }

    fn take(&self, output: &Output, folder: &Path, path: &str) -> Result<(), Error> {
        let path = folder.join(path);
        let at = |error: std::io::Error| Error::at(&path, &error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at)?;
        }
        match output {
            Output::Link(target) => symlink(target, &path).map_err(at),
            Output::File { id, executable } => {
                self.remote.save(*id, &path)?;
                let mode = if *executable { 0o755 } else { 0o644 };
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(at)
            }
        }
    }
}

impl Site for Workers {
    fn traffic(&self) -> Option<String> {
        let Sent {
            blobs,
            bytes,
            sent,
            sent_bytes,
        } = self.remote.sent();
        Some(format!(
            "{sent} of {blobs} blobs were sent, {sent_bytes} bytes for {bytes}"
        ))
    }

    fn machine(&self, _: &Path) -> Result<Machine, Error> {
        Ok(Machine::elsewhere(ROOT))
    }

    fn run(&self, spec: &RunSpec) -> Result<RunResult, Error> {
        let mut pieces = Pieces::default();
        let asked = self.asked(spec, &mut pieces)?;
        let action = asked.encode(&mut pieces);
        // Runs whose results are wanted whole are not compared with each other.
        if !spec.whole {
            self.wait();
        }
        let _run = tracing::info_span!("remote run", %action, folder = ?spec.folder).entered();
        match self.remote.run(action, &pieces, asked.timeout)? {
            Ended::Done(done) => self.result(spec, &asked.root, &done),
            Ended::TimedOut => Ok(RunResult {
                outcome: RunOutcome::Hung,
                why: Some(format!(
                    "it took longer than the {} seconds that it may",
                    asked.timeout.as_secs()
                )),
                ..RunResult::empty()
            }),
            Ended::Missing(what) => Err(self.remote.about(Error::failed(what))),
        }
    }
}

fn failed(why: String) -> RunResult {
    RunResult {
        why: Some(why),
        ..RunResult::empty()
    }
}

fn digests<'a>(outputs: impl Iterator<Item = (&'a String, &'a Output)>) -> BTreeMap<String, String> {
    outputs.map(|(path, output)| (path.clone(), output.sha256())).collect()
}

/// A path of the build, from the input root. An absolute path is one where the root is `/`: the script sees to that.
fn below(path: &str) -> Result<&str, Error> {
    let inner = path.strip_prefix(ROOT).unwrap_or(path);
    match inner.strip_prefix('/') {
        Some(inner) => Ok(inner),
        None => Err(Error::usage(format!(
            "{path} does not lie in what a remote worker is sent"
        ))),
    }
}

/// The files and folders in which artifacts can lie: of each glob, what comes before its first wildcard.
fn places(source: &str, globs: &[String]) -> Vec<String> {
    let wild = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
    let of = |glob: &String| {
        let parts = glob.split('/').filter(|part| !matches!(*part, "" | "."));
        let plain: Vec<&str> = std::iter::once(source).chain(parts.take_while(wild)).collect();
        plain.join("/")
    };
    let mut all: Vec<String> = globs.iter().map(of).collect();
    all.sort();
    all.dedup();
    // A place within another is there twice.
    let within = |path: &String, other: &String| {
        path.strip_prefix(other.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    };
    let inner: Vec<bool> = all
        .iter()
        .map(|path| all.iter().any(|other| within(path, other)))
        .collect();
    all.into_iter()
        .zip(inner)
        .filter(|(_, inner)| !inner)
        .map(|(path, _)| path)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_the_globs_can_reach() {
        let of = |globs: &[&str]| places("source", &globs.iter().map(|g| (*g).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&["out/app", "lib/*.so", "./x"]),
            ["source/lib", "source/out/app", "source/x"]
        );
        assert_eq!(of(&["*.o", "out/app"]), ["source"]);
        assert_eq!(of(&["out/a", "out/a/b", "out/ab"]), ["source/out/a", "source/out/ab"]);
        assert_eq!(below("/input-root/source").unwrap(), "source");
        assert_eq!(below("/build/source").unwrap(), "build/source");
        assert!(below("source").is_err());
    }
}
