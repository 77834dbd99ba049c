//! What a wheel says of its build (PEP 427 and 491, and the core metadata).

use super::Error;
use crate::{
    model::PublishedFact,
    notation::calendar::{date, moment},
    published::{contents::Contents, subject},
};
use std::collections::BTreeSet;

/// Times that backends write instead of the clock's: nothing is known of the day then.
const PINNED: &[i64] = &[
    0,
    315_532_800,   // 1980-01-01, the first of zip
    499_162_500,   // 1985-10-26
    1_451_606_400, // 2016-01-01
    1_580_601_600, // 2020-02-02
];
/// The first wheel is younger.
const FIRST: i64 = 1_300_000_000;

/// What is known of a wheel.
pub(super) struct Wheel {
    /// As METADATA has them.
    pub name: String,
    pub version: String,
    /// The tool that wrote it, and its version.
    pub generator: (String, String),
    /// Each `python-abi-platform`.
    pub tags: Vec<String>,
    /// `Requires-Python`.
    pub requires_python: String,
    /// Whether METADATA says `Platform: UNKNOWN`, as an older setuptools wrote it.
    pub unknown_platform: bool,
    /// Whether its lines end as on Windows.
    pub windows: bool,
    /// Each fact, with its place.
    pub facts: Vec<PublishedFact>,
    /// The times of its members, each once.
    times: BTreeSet<i64>,
    /// The mode of what the backend has written.
    mode: Option<u32>,
}

/// Whether a time is the clock's and not one that a tool writes always.
pub(super) fn real(time: &i64) -> bool {
    *time > FIRST && !PINNED.contains(time)
}

impl Wheel {
    /// Reads the evidence; what is missing is empty.
    pub fn of(artifact: &Contents) -> Self {
        let mut wheel = Self {
            name: String::new(),
            version: String::new(),
            generator: Default::default(),
            tags: Vec::new(),
            requires_python: String::new(),
            unknown_platform: false,
            windows: false,
            facts: Vec::new(),
            times: artifact.times().into_values().collect(),
            mode: None,
        };
        if let Some((place, text)) = artifact.top(".dist-info/WHEEL") {
            wheel.mode = artifact.entry(place).and_then(|entry| entry.mode);
            for (line, name, value) in fields(&text) {
                match name {
                    "Generator" if wheel.generator.0.is_empty() => wheel.generator = generator(value),
                    "Tag" => wheel.tags.push(value.to_owned()),
                    "Generator" | "Build" | "Root-Is-Purelib" => {}
                    _ => continue,
                }
                wheel.fact(name, value, format!("{place}:{line}"));
            }
        }
        if let Some((place, text)) = artifact.top(".dist-info/METADATA") {
            wheel.windows = text.contains("\r\n");
            if wheel.windows {
                wheel.fact("ends of lines", "CR LF, as on Windows", place.to_owned());
            }
            for (line, name, value) in fields(&text) {
                match name {
                    "Name" => value.clone_into(&mut wheel.name),
                    "Version" => value.clone_into(&mut wheel.version),
                    "Requires-Python" => value.clone_into(&mut wheel.requires_python),
                    "Platform" => wheel.unknown_platform |= value == "UNKNOWN",
                    "Metadata-Version" => {}
                    _ => continue,
                }
                wheel.fact(name, value, format!("{place}:{line}"));
            }
        }
        if let Some((time, name)) = artifact.newest() {
            let place = format!("{name}: mtime");
            wheel.fact("newest member", &moment(time), place);
            let count = wheel.times.len();
            wheel.fact(
                "distinct times of members",
                &count.to_string(),
                "the archive".to_owned(),
            );
        }
        if let Some(mode) = wheel.mode {
            wheel.fact(
                "mode of WHEEL",
                &format!("{:04o}", mode & 0o7777),
                "the archive".to_owned(),
            );
        }
        wheel
    }

    fn fact(&mut self, what: &str, value: &str, place: String) {
        self.facts.push(PublishedFact {
            what: what.to_owned(),
            value: value.to_owned(),
            place,
        });
    }

    /// Whether it can be built here at all.
    ///
    /// # Errors
    /// It is no wheel, or is made for another system.
    pub fn check(&self) -> Result<(), Error> {
        if !subject::is_name(&self.name, false) || !subject::is_version(&self.version) {
            return Err(Error::malformed(
                "it is no wheel: METADATA does not give its name and version",
            ));
        }
        let machine = std::env::consts::ARCH;
        let here = |tag: &String| {
            let platform = tag.rsplit('-').next().unwrap_or_default();
            platform == "any" || platform.contains("linux") && platform.ends_with(machine)
        };
        match self.tags.is_empty() || self.tags.iter().any(here) {
            true => Ok(()),
            false => Err(Error::unavailable(format!(
                "it is built for {}, and this machine is linux_{machine}",
                self.tags.join(", ")
            ))),
        }
    }

    /// The newest time of a member, where that is the clock's.
    pub fn day(&self) -> Option<i64> {
        self.times.last().copied().filter(real)
    }

    /// The one time that all members show: SOURCE_DATE_EPOCH.
    pub fn epoch(&self) -> Option<i64> {
        self.day().filter(|_| self.times.len() == 1)
    }

    /// By the permissions of what the backend has written.
    pub fn umask(&self) -> String {
        match self.mode.map(|mode| mode & 0o777) {
            Some(0o664) => "0002",
            Some(0o666) => "0000",
            Some(0o600) => "0077",
            Some(0o640) => "0027",
            _ => "0022",
        }
        .to_owned()
    }

    /// The version of CPython that it is for, where it is for one only: the number behind `3.`.
    pub fn minor(&self) -> Option<u32> {
        let minor = |tag: &String| {
            let (python, rest) = tag.split_once('-')?;
            let number = python.strip_prefix("cp3")?.parse().ok()?;
            (!rest.starts_with("abi3")).then_some(number)
        };
        let all: Vec<u32> = self.tags.iter().filter_map(minor).collect();
        all.first().copied()
    }

    /// Whether it is for the stable interface of CPython: built with its own version or a later one.
    pub fn oldest(&self) -> Option<u32> {
        let number = |tag: &String| tag.split_once("-abi3")?.0.strip_prefix("cp3")?.parse().ok();
        self.tags.iter().find_map(number)
    }

    /// The tag that setuptools has to be told, for it writes `py3` by itself.
    pub fn python_tag(&self) -> Option<String> {
        let pure = |python: &str| self.tags.iter().any(|tag| tag == &format!("{python}-none-any"));
        let own = matches!(self.generator.0.as_str(), "bdist_wheel" | "setuptools");
        (own && pure("py2") && pure("py3")).then(|| "py2.py3".to_owned())
    }

    /// What the generator is installed by, for a source that names this backend.
    pub fn backend(&self, module: &str) -> Vec<String> {
        let (tool, version) = &self.generator;
        let package = match tool.as_str() {
            "bdist_wheel" => "wheel",
            "flit" if module.starts_with("flit.") => "flit",
            "flit" => "flit_core",
            "poetry" if module.starts_with("poetry.core") => "poetry-core",
            "uv" => "uv_build",
            "skbuild" => "scikit-build",
            "meson" | "meson-python" => "meson-python",
            tool => tool,
        };
        let known = [
            "wheel",
            "setuptools",
            "flit",
            "flit_core",
            "hatchling",
            "poetry",
            "poetry-core",
            "pdm-backend",
            "pdm-pep517",
            "maturin",
            "meson-python",
            "scikit-build-core",
            "scikit-build",
            "uv_build",
            "whey",
            "pdm-pep517",
        ];
        // A local version is that of a checkout: no index has it.
        match known.contains(&package) && subject::is_version(version) && !version.contains('+') {
            true => vec![format!("{package}=={version}")],
            false => Vec::new(),
        }
    }
}

/// `bdist_wheel (0.37.1)` and `hatchling 1.18.0`.
fn generator(value: &str) -> (String, String) {
    let mut words = value.split_whitespace();
    let name = words.next().unwrap_or_default().to_owned();
    let version = words.next().unwrap_or_default();
    (name, version.trim_matches(['(', ')']).to_owned())
}

/// Fields of a header, with their lines; it ends with the first empty line.
fn fields(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let header = text.lines().enumerate().take_while(|(_, line)| !line.trim().is_empty());
    header.filter_map(|(number, line)| {
        let (name, value) = line.split_once(": ")?;
        Some((number + 1, name, value.trim()))
    })
}

/// The day of a moment, for people.
pub(super) fn day(seconds: i64) -> String {
    date(seconds.div_euclid(86_400))
}
