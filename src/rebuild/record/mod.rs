//! What a build was made with: system, packages, programs and libraries by digest, variables, source, artifacts.
//! Written as JSON, or as Debian's deb-buildinfo(5); read again to say what has changed since.

mod against;
mod buildinfo;
mod dpkg;
mod files;
mod here;
mod host;
mod root;
#[cfg(test)]
mod tests;
mod tools;

pub use against::against;
pub use here::here;
pub use host::Host;

use super::{
    Error, Step,
    environment::Environment,
    sandbox::{Process, Trace},
    tools::below,
};
use crate::{
    bytes::{digest::Algorithm, source, walk},
    manifest::{Snapshot, tree},
    record::Told,
};
use dpkg::Database;
use files::Wanted;
use host::{distribution, os_release};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read as _,
    path::Path,
};

/// Counts up when a field changes its meaning or goes.
const VERSION: u32 = 1;
/// No record is larger, in bytes.
const LIMIT: u64 = 256 << 20;

/// An environment, as one build used it. What a `.buildinfo` file cannot say is null there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Version of this format.
    pub schema_version: u32,
    /// Commands, in order.
    pub steps: Option<Vec<Step>>,
    /// Digest of the source tree, as `repro hash --format json` gives it.
    pub source_sha256: Option<String>,
    /// `/etc/os-release`.
    pub os_release: Option<BTreeMap<String, String>>,
    /// The distribution's name, as dpkg's origins have it.
    pub distribution: Option<String>,
    /// Release and version of the kernel.
    pub kernel: Option<String>,
    /// `uname -m`.
    pub machine: Option<String>,
    /// Variables of the control environment, without secrets.
    pub environment: BTreeMap<String, String>,
    /// Names of variables that hold a secret.
    pub secrets: Vec<String>,
    /// Debian packages of which the build opened a file, by name (`name:architecture` for foreign ones).
    pub packages: BTreeMap<String, String>,
    /// Programs and libraries that the build opened, and data that no package has.
    pub files: Option<Vec<UsedFile>>,
    /// Files that could not be read afterwards, and why.
    pub unread: Vec<String>,
    /// What was built, by path below the source folder.
    pub artifacts: BTreeMap<String, BuiltFile>,
    /// What the build was told of the machine beside its variables; older records do not say it.
    #[serde(default)]
    pub told: Told,
    /// What only a `.buildinfo` holds.
    #[serde(skip)]
    debian: buildinfo::Debian,
    /// Versions of all installed packages.
    #[serde(skip)]
    installed: BTreeMap<String, String>,
}

/// What a file was to the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A program, a script, or what the kernel starts them with.
    Executable,
    /// An ELF shared object.
    SharedLibrary,
    /// An ar archive.
    StaticLibrary,
    /// A relocatable object, such as `crt1.o`.
    Object,
    /// Text in the place of a library.
    LinkerScript,
    /// Anything else that no package has.
    Data,
}

/// One file of the machine that the build used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedFile {
    /// The real path.
    pub path: String,
    /// Other paths by which the build reached it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<String>,
    /// What it was to the build.
    pub kind: Kind,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub size: u64,
    /// The Debian package that it belongs to.
    pub package: Option<String>,
    /// The package's version; without a package, what a well-known tool says of itself.
    pub version: Option<String>,
}

/// One artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltFile {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size, where it is known.
    pub size: Option<u64>,
    /// MD5 and SHA-1, which a `.buildinfo` must have.
    #[serde(skip)]
    older: Option<[String; 2]>,
}

/// A build that is to be recorded.
#[derive(Clone, Debug)]
pub struct Built<'a> {
    /// What it executed and read, reads included.
    pub trace: &'a Trace,
    /// What it was told.
    pub environment: &'a Environment,
    /// What it was told of the machine.
    pub told: Told,
    /// Secrets that it was handed.
    pub secrets: &'a BTreeMap<String, String>,
    /// Its commands.
    pub steps: &'a [Step],
    /// The pristine copy of the source.
    pub source: &'a Path,
    /// SHA-256 of the artifacts, by path below the source folder.
    pub artifacts: &'a BTreeMap<String, String>,
    /// The folder that holds the artifacts by the same paths.
    pub folder: &'a Path,
}

/// The record of a build. Tools that no package has are asked for their version, which runs them.
///
/// # Errors
/// A file that the build opened can't be read any more.
pub fn of(built: &Built<'_>, host: &Host) -> Result<Record, Error> {
    let root = &host.root;
    let environment = built.environment;
    let written: BTreeSet<&str> = built.trace.writes.iter().map(|w| w.path.as_str()).collect();
    // Only what the machine brought: not what lies in the build's own folders, nor what it wrote.
    let own = [&environment.build_path, &environment.home, &environment.temporary];
    let own: Vec<&str> = own
        .into_iter()
        .map(String::as_str)
        .chain(["/proc", "/sys", "/dev"])
        .collect();
    let foreign = |path: &&String| {
        path.starts_with('/')
            && !own.iter().any(|folder| below(path, folder).is_some())
            && !written.contains(path.as_str())
    };
    // The caller's tools lie in the build's home, and elsewhere on this machine.
    let program = |process: &Process| environment.lies(&process.program);
    let mut executed: BTreeSet<String> = built
        .trace
        .processes
        .iter()
        .map(program)
        .filter(|p| foreign(&p))
        .collect();
    executed.extend(files::interpreters(root, &executed));
    let reads = built.trace.reads.iter().map(|path| environment.lies(path));
    let mut paths: BTreeSet<String> = reads.filter(|path| foreign(&path)).collect();
    paths.extend(executed.iter().cloned());
    let packages = Database::read(root);
    let real = files::real(root, &paths);
    let owners = packages.owners(&real.keys().cloned().collect());
    let wanted = real
        .into_iter()
        .map(|(real, called)| Wanted {
            executed: called.iter().any(|path| executed.contains(path)),
            package: owners.get(&real).cloned(),
            real,
            called,
        })
        .collect();
    let (mut used, unread) = files::digest(root, wanted, &packages);
    if root == Path::new("/") {
        tools::ask(&mut used);
    }
    let (variables, secrets) = without_secrets(environment.variables(), built.secrets);
    let used_packages: BTreeSet<&String> = owners.values().collect();
    let version = |name: &String| Some((name.clone(), packages.version(name)?.to_owned()));
    let artifacts: Result<BTreeMap<_, _>, Error> = built
        .artifacts
        .iter()
        .map(|pair| artifact(built.folder, pair))
        .collect();
    Ok(Record {
        schema_version: VERSION,
        steps: Some(
            built
                .steps
                .iter()
                .map(|step| without_secret(step, built.secrets))
                .collect(),
        ),
        source_sha256: Some(tree_digest(built.source)?),
        os_release: os_release(root),
        distribution: distribution(root),
        kernel: Some(host.kernel.clone()),
        machine: Some(host.machine.clone()),
        environment: variables,
        secrets,
        packages: used_packages.into_iter().filter_map(version).collect(),
        files: Some(used),
        unread,
        artifacts: artifacts?,
        told: built.told.clone(),
        debian: buildinfo::Debian::of(built, &packages.native),
        installed: packages.versions(),
    })
}

/// Reads a record, of either format.
///
/// # Errors
/// It can't be read, or is not a record: what, and at which line or key.
pub fn read(path: &Path) -> Result<Record, Error> {
    let wrong = |what: String| Error::malformed(what).of(path);
    let file = File::open(path).map_err(|error| Error::at(path, &error))?;
    let mut bytes = Vec::new();
    let read = file.take(LIMIT + 1).read_to_end(&mut bytes);
    if read.map_err(|error| Error::at(path, &error))? as u64 > LIMIT {
        return Err(wrong(format!("larger than {LIMIT} bytes, so no record")));
    }
    let text = String::from_utf8_lossy(&bytes);
    if !text.trim_start().starts_with('{') {
        return buildinfo::read(&text).map_err(|error| error.of(path));
    }
    let record: Record = serde_json::from_str(&text).map_err(|error| wrong(format!("not a record: {error}")))?;
    if record.schema_version != VERSION {
        let found = record.schema_version;
        return Err(wrong(format!(
            "schema_version is {found}, this program reads {VERSION}"
        )));
    }
    Ok(record)
}

impl Record {
    /// Of nothing.
    fn empty() -> Self {
        Self {
            schema_version: VERSION,
            steps: None,
            source_sha256: None,
            os_release: None,
            distribution: None,
            kernel: None,
            machine: None,
            environment: BTreeMap::new(),
            secrets: Vec::new(),
            packages: BTreeMap::new(),
            files: None,
            unread: Vec::new(),
            artifacts: BTreeMap::new(),
            told: Told::default(),
            debian: buildinfo::Debian::default(),
            installed: BTreeMap::new(),
        }
    }

    /// One digest for what the build was made with: machine, packages, programs and libraries. The kernel, variables, source, commands
    /// and artifacts do not count. `sha256:…`.
    ///
    /// # Errors
    /// It can't be written as JSON.
    pub fn environment_digest(&self) -> Result<String, Error> {
        let all = (&self.machine, &self.packages, &self.files);
        let json = serde_json::to_vec(&all)
            .map_err(|error| Error::failed(&error).because(error).about("the environment's record"))?;
        Ok(format!("sha256:{}", Algorithm::Sha256.digest(&json)))
    }

    /// Writes it: as Debian's format where the name ends in `.buildinfo`, else as JSON.
    ///
    /// # Errors
    /// It can't be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let text = if path.extension().is_some_and(|extension| extension == "buildinfo") {
            buildinfo::write(self)
        } else {
            let json =
                serde_json::to_string_pretty(self).map_err(|error| Error::malformed(&error).because(error).of(path))?;
            json + "\n"
        };
        fs::write(path, text).map_err(|error| Error::at(path, &error))
    }
}

/// Variables without those that hold a secret, whole or in part; and the names of those.
pub(super) fn without_secrets(
    mut variables: BTreeMap<String, String>,
    secrets: &BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Vec<String>) {
    let holds = |value: &str| {
        secrets
            .values()
            .any(|secret| !secret.is_empty() && value.contains(secret.as_str()))
    };
    let mut names: BTreeSet<String> = secrets.keys().cloned().collect();
    variables.retain(|name, value| {
        let keep = !secrets.contains_key(name) && !holds(value);
        if !keep {
            names.insert(name.clone());
        }
        keep
    });
    (variables, names.into_iter().collect())
}

/// A step with the values of secrets replaced by their names.
fn without_secret(step: &Step, secrets: &BTreeMap<String, String>) -> Step {
    let mut step = step.clone();
    for word in step.command.iter_mut().chain([&mut step.name]) {
        for (name, value) in secrets.iter().filter(|(_, value)| !value.is_empty()) {
            *word = word.replace(value.as_str(), &format!("${{{name}}}"));
        }
    }
    step
}

fn artifact(folder: &Path, (path, sha256): (&String, &String)) -> Result<(String, BuiltFile), Error> {
    let at = folder.join(path);
    let bytes = match at.is_file() {
        true => Some(source::load(&at).map_err(|error| Error::at(&at, &error))?),
        false => None,
    };
    let file = BuiltFile {
        sha256: sha256.clone(),
        size: bytes.as_ref().map(|bytes| bytes.len() as u64),
        older: bytes.map(|bytes| [Algorithm::Md5, Algorithm::Sha1].map(|a| a.digest(&bytes).to_string())),
    };
    Ok((path.clone(), file))
}

/// One digest for a whole tree, as `repro hash` gives it.
pub(crate) fn tree_digest(folder: &Path) -> Result<String, Error> {
    use std::os::unix::ffi::OsStrExt;
    let options = walk::Options::default();
    let failed = |problem: &walk::Problem| {
        let path = String::from_utf8_lossy(&problem.path).into_owned();
        Error::at(Path::new(&path), &problem.error)
    };
    let root = walk::normalise(folder.as_os_str().as_bytes());
    let found = walk::walk(rustix::fs::CWD, &[root], &options).map_err(|problem| failed(&problem))?;
    let sha256 = Algorithm::Sha256;
    let meter = crate::model::Meter::default();
    let snapshot = Snapshot::take(rustix::fs::CWD, found, &[sha256], &options, true, &meter);
    if let Some(problem) = snapshot.problems.first() {
        return Err(failed(problem));
    }
    let whole = snapshot.roots().into_iter().next().unwrap_or(0..0);
    Ok(tree::digest(&snapshot, whole, sha256).to_string())
}
