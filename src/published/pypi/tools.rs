//! pip, as it is installed: it fetches wheels, sdists and backends, in the sandbox.

use super::{Error, evidence::real, python};
use crate::{
    model::PublishedPlan,
    published::{
        contents::Contents,
        lab::OUT,
        site::{Call, Site, files},
    },
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Answers pip in place of a source's backend.
const STANDIN: &[u8] = include_bytes!("standin.py");
/// Asks pip since when there is a version.
const SINCE: &[u8] = include_bytes!("since.py");
/// The first pip that takes packages as they were at a time.
const TIMELY: &str = "pip>=26";

/// The first Python that runs such a pip, by the number behind `3.`.
const RUNS_PIP: u32 = 10;
/// What backends ask for on an older Python than the one that their conditions are read by: until which version.
const BACKPORTS: &[(u32, &str)] = &[
    (11, "tomli"),
    (8, "importlib-metadata"),
    (8, "typing-extensions"),
    (10, "zipp"),
];
/// How long a new tool takes until most have it, in seconds.
const WEEKS: i64 = 14 * 86_400;

/// How pip is called.
pub(super) struct Pip {
    python: String,
}

impl Pip {
    /// The caller's.
    ///
    /// # Errors
    /// There is none.
    pub fn find(_site: &Site) -> Result<Self, Error> {
        let missing = || Error::unavailable("python3 is not installed, and so no pip");
        let python = python::asked(Path::new("python3")).ok_or_else(missing)?;
        Ok(Self { python: python.path })
    }

    /// A published wheel.
    pub fn wheel_of(&self, site: &Site, name: &str, version: &str) -> Result<PathBuf, Error> {
        let what = format!("{name} {version}: a wheel for this machine");
        let call = self.call(
            &what,
            &["--no-deps", "--only-binary=:all:", &format!("{name}=={version}")],
        );
        site.fetch_one(call, &[".whl"])
    }

    /// A published sdist. No code of it is run: what pip asks of its backend is answered by a file of ours.
    pub fn sdist_of(&self, site: &Site, name: &str, version: &str) -> Result<PathBuf, Error> {
        let what = format!("{name} {version}: its source (sdist)");
        let exact = format!("{name}=={version}");
        let words = [
            "--no-deps",
            "--no-binary=:all:",
            "--no-build-isolation",
            "--use-pep517",
            &exact,
        ];
        site.fetch_one(
            self.call(&what, &words),
            &[".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz"],
        )
    }

    /// The tools of a plan, as they were at its time. Where pip or the index can't tell that, as they are now.
    pub fn tools(&self, site: &Site, plan: &PublishedPlan) -> Result<PathBuf, Error> {
        // A plan may be somebody else's: it names no program to run here but a Python that is known.
        let python = python::known(&plan.interpreter)
            .ok_or_else(|| Error::not_found("is no Python of this machine").about(&plan.interpreter))?;
        let version = format!("3.{}", python.minor);
        let mut words = vec!["--only-binary=:all:", "--python-version", &version];
        // pip takes conditions on the version to be about the Python that runs it.
        let own = Self { python: python.path };
        let pip = if python.minor >= RUNS_PIP { &own } else { self };
        let what = format!("the tools ({})", plan.requires.join(", "));
        words.extend(plan.requires.iter().map(String::as_str));
        let timely = match plan.before.as_str() {
            "" => None,
            before => self.timely(site).map(|archive| (archive, before)),
        };
        if let Some((archive, before)) = timely
            && let Ok(bytes) = fs::read(&archive)
        {
            let name = archive.file_name().unwrap_or_default().to_string_lossy();
            let kept = format!("kit/{name}");
            words.splice(0..0, ["--uploaded-prior-to", before]);
            let older = BACKPORTS
                .iter()
                .filter(|(until, _)| python.minor < RUNS_PIP.min(*until));
            let all = [&words[..], &older.map(|(_, name)| *name).collect::<Vec<_>>()].concat();
            // Some of these came later than the wheel.
            for words in [&all, &words] {
                let mut call = pip.call(&what, words);
                call.steps = vec![pip.words(&[format!("{kept}/pip")], words)];
                call.kit.push((&kept, bytes.clone()));
                if let Ok(found) = site.fetch(call) {
                    return Ok(found);
                }
            }
            words.drain(..2);
        }
        if !plan.before.is_empty() {
            site.note(format!(
                "{what}: not to be had as of {}, so they are the newest",
                plan.before
            ));
        }
        site.fetch(pip.call(&what, &words))
    }

    /// Since when the index has a wheel, in seconds since 1970: found by asking for it as of many moments.
    pub fn since(&self, site: &Site, name: &str, version: &str) -> Option<i64> {
        let pip = self.timely(site)?;
        let bytes = fs::read(&pip).ok()?;
        let own = format!("kit/{}", pip.file_name()?.to_str()?);
        let words = [
            "kit/since.py".to_owned(),
            format!("{own}/pip"),
            format!("{name}=={version}"),
        ];
        let call = Call {
            what: "since when the index has it",
            steps: vec![[self.python.clone()].into_iter().chain(words).collect()],
            kit: vec![("kit/since.py", SINCE.to_vec()), (&own, bytes)],
            tree: None,
            variables: BTreeMap::new(),
        };
        let file = site.fetch_one(call, &["since"]).ok()?;
        fs::read_to_string(file).ok()?.trim().parse().ok()
    }

    /// A pip that knows times, fetched by the one that is installed.
    fn timely(&self, site: &Site) -> Option<PathBuf> {
        let call = self.call("pip", &["--no-deps", "--only-binary=:all:", TIMELY]);
        site.fetch_one(call, &[".whl"]).ok()
    }

    fn call<'c>(&self, what: &'c str, words: &[&str]) -> Call<'c> {
        Call {
            what,
            steps: vec![self.words(&["-m".to_owned(), "pip".to_owned()], words)],
            kit: vec![("kit/standin/sitecustomize.py", STANDIN.to_vec())],
            tree: None,
            variables: BTreeMap::from([("PYTHONPATH".to_owned(), "/build/source/kit/standin".to_owned())]),
        }
    }

    fn words(&self, pip: &[String], words: &[&str]) -> Vec<String> {
        let fixed = [
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-cache-dir",
            "--no-input",
            "--dest",
            OUT,
        ];
        let words = fixed.iter().chain(words).map(|word| (*word).to_owned());
        [self.python.clone()]
            .into_iter()
            .chain(pip.iter().cloned())
            .chain(words)
            .collect()
    }
}

/// When the generator itself was made, with some weeks for those who bring their tools up to date later: by the newest time of its wheel.
pub(super) fn day(site: &Site, plan: &PublishedPlan) -> Option<i64> {
    let first = plan.requires.first()?;
    let name = first.split_once("==")?.0.replace('-', "_");
    let folder = Pip::find(site).ok()?.tools(site, plan).ok()?;
    let file = files(&folder).ok()?.into_iter().find(|path| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.to_lowercase().starts_with(&format!("{name}-"))
    })?;
    let (time, _) = Contents::read(&file)
        .ok()?
        .newest()
        .map(|(time, name)| (time, name.to_owned()))?;
    Some(time + WEEKS).filter(real)
}

/// Refuses what pip would take for more than a name with conditions: an option, an address, a path.
///
/// # Errors
/// One of them is such.
pub(super) fn checked(requires: &[String]) -> Result<(), Error> {
    let strange = |text: &&String| {
        !text.trim_start().starts_with(|c: char| c.is_ascii_alphanumeric())
            || text.contains("://")
            || text.contains('@')
            || text.split(';').next().unwrap_or_default().contains('/')
    };
    match requires.iter().find(strange) {
        None => Ok(()),
        Some(text) => Err(Error::refused(format!(
            "the source asks for the tool {text:?}: only names with versions are fetched"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn only_names_with_versions() {
        let one = |text: &str| checked(&[text.to_owned()]).is_ok();
        for good in [
            "setuptools>=61.0",
            "wheel",
            "tomli; python_version < '3.11'",
            "cython<3",
        ] {
            assert!(one(good), "{good}");
        }
        for bad in [
            "--index-url=x",
            "x @ https://example.org/x.whl",
            "../x.whl",
            "./x",
            "x/y.whl",
            "-r x",
        ] {
            assert!(!one(bad), "{bad}");
        }
    }
}
