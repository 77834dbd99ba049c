//! Remedies that need nothing but the environment: what to set, and which variations that may cure.

use super::Error;
use crate::bytes::settings::meant;
use std::collections::BTreeMap;

/// A known remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// As reports and `--remedy` write it.
    pub name: &'static str,
    /// Variables; `{build}` stands for the run's own build path, `{clock}` for the control's clock.
    variables: &'static [(&'static str, &'static str)],
    /// Variations whose effect may go.
    pub(crate) cures: &'static [&'static str],
}

const TIMES: &[&str] = &["time", "mtime", "timezone"];
const OWNERS: &[&str] = &["user", "user_env", "passwd"];
const LOCALES: &[&str] = &["locale"];
const PATHS: &[&str] = &["build_path"];
const HASHES: &[&str] = &["random", "pid", "aslr", "env"];

/// Every remedy, in the order in which they are tried.
pub const REMEDIES: &[Remedy] = &[
    remedy("SOURCE_DATE_EPOCH", &[("SOURCE_DATE_EPOCH", "{clock}")], TIMES),
    remedy(
        "FORCE_SOURCE_DATE",
        &[("SOURCE_DATE_EPOCH", "{clock}"), ("FORCE_SOURCE_DATE", "1")],
        TIMES,
    ),
    remedy("TZ", &[("TZ", "UTC")], &["timezone"]),
    remedy("LC_ALL", &[("LC_ALL", "C.UTF-8"), ("LANGUAGE", "")], LOCALES),
    remedy("LC_ALL=C", &[("LC_ALL", "C"), ("LANGUAGE", "")], LOCALES),
    remedy(
        "-ffile-prefix-map",
        &[
            ("CFLAGS", "-ffile-prefix-map={build}=."),
            ("CXXFLAGS", "-ffile-prefix-map={build}=."),
            ("CPPFLAGS", "-ffile-prefix-map={build}=."),
            ("OBJCFLAGS", "-ffile-prefix-map={build}=."),
            ("FFLAGS", "-ffile-prefix-map={build}=."),
            ("FCFLAGS", "-ffile-prefix-map={build}=."),
        ],
        PATHS,
    ),
    remedy(
        "--remap-path-prefix",
        &[("RUSTFLAGS", "--remap-path-prefix={build}=.")],
        PATHS,
    ),
    remedy("-trimpath", &[("GOFLAGS", "-trimpath")], &["build_path", "home"]),
    remedy("ZERO_AR_DATE", &[("ZERO_AR_DATE", "1")], &["time", "mtime"]),
    remedy(
        "ARFLAGS=rcD",
        &[("ARFLAGS", "rcD")],
        &["time", "mtime", "user", "umask"],
    ),
    remedy("GZIP=-n", &[("GZIP", "-n")], &["time", "mtime"]),
    remedy(
        "PYTHONDONTWRITEBYTECODE",
        &[("PYTHONDONTWRITEBYTECODE", "1")],
        &["time", "mtime", "build_path"],
    ),
    remedy("PYTHONHASHSEED", &[("PYTHONHASHSEED", "0")], HASHES),
    remedy(
        "PERL_HASH_SEED",
        &[("PERL_HASH_SEED", "0"), ("PERL_PERTURB_KEYS", "0")],
        HASHES,
    ),
    remedy("PYTHONUTF8", &[("PYTHONUTF8", "1")], LOCALES),
    remedy(
        "tar --mtime",
        &[("TAR_OPTIONS", "--mtime=@{clock}")],
        &["time", "mtime"],
    ),
    remedy(
        "tar --owner --group",
        &[("TAR_OPTIONS", "--owner=0 --group=0 --numeric-owner")],
        OWNERS,
    ),
    remedy(
        "tar --sort",
        &[("TAR_OPTIONS", "--sort=name")],
        &["readdir_order", "filesystem"],
    ),
    remedy("tar --mode", &[("TAR_OPTIONS", "--mode=go=rX,u+rw,a-s")], &["umask"]),
    remedy(
        "tar, all of these",
        &[(
            "TAR_OPTIONS",
            "--sort=name --mtime=@{clock} --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s",
        )],
        &["time", "mtime", "user", "readdir_order", "filesystem", "umask"],
    ),
    remedy(
        "KBUILD_BUILD_TIMESTAMP",
        &[("KBUILD_BUILD_TIMESTAMP", "@{clock}")],
        &["time", "timezone"],
    ),
    remedy(
        "KBUILD_BUILD_USER, KBUILD_BUILD_HOST",
        &[("KBUILD_BUILD_USER", "builder"), ("KBUILD_BUILD_HOST", "localhost")],
        &["user", "user_env", "hostname", "domainname"],
    ),
    remedy(
        "HOSTNAME",
        &[("HOSTNAME", "localhost"), ("HOST", "localhost")],
        &["hostname"],
    ),
    remedy(
        "MAKEFLAGS=-j1",
        &[
            ("MAKEFLAGS", "-j1"),
            ("CARGO_BUILD_JOBS", "1"),
            ("CMAKE_BUILD_PARALLEL_LEVEL", "1"),
            ("DEB_BUILD_OPTIONS", "parallel=1"),
        ],
        &["parallelism", "cpu_count"],
    ),
    remedy(
        "XZ_DEFAULTS=-T1",
        &[("XZ_DEFAULTS", "-T1")],
        &["parallelism", "cpu_count"],
    ),
    remedy(
        "USER",
        &[("USER", "builder"), ("LOGNAME", "builder")],
        &["user", "user_env"],
    ),
    remedy("HOME", &[("HOME", "/nonexistent")], &["home", "user"]),
    remedy("TMPDIR", &[("TMPDIR", "/tmp")], &["tmpdir"]),
    remedy("PATH", &[("PATH", "/usr/local/bin:/usr/bin:/bin")], &["exec_path"]),
    remedy(
        "COLUMNS, LINES, TERM",
        &[("COLUMNS", "80"), ("LINES", "24"), ("TERM", "dumb")],
        &["terminal"],
    ),
    remedy(
        "SHELL",
        &[("SHELL", "/bin/sh"), ("CONFIG_SHELL", "/bin/sh")],
        &["shell", "passwd"],
    ),
];

const fn remedy(
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    cures: &'static [&'static str],
) -> Remedy {
    Remedy { name, variables, cures }
}

impl Remedy {
    /// What it sets; `{build}` still stands for the build path, which each run has its own of.
    pub fn variables(&self, clock: i64) -> BTreeMap<String, String> {
        let value = |value: &str| value.replace("{clock}", &clock.to_string());
        self.variables
            .iter()
            .map(|(name, text)| ((*name).to_owned(), value(text)))
            .collect()
    }
}

/// The remedy of that name.
pub fn named(name: &str) -> Option<&'static Remedy> {
    REMEDIES.iter().find(|remedy| remedy.name == name)
}

/// An error that lists the remedies, unless the name is one of them.
///
/// # Errors
/// No fix bears the name.
pub fn known(name: &str) -> Result<(), Error> {
    if named(name).is_some() {
        return Ok(());
    }
    let all: Vec<String> = REMEDIES.iter().map(|remedy| format!("{:?}", remedy.name)).collect();
    let meant = meant(name, REMEDIES.iter().map(|remedy| remedy.name));
    Err(Error::usage(format!(
        "no fix is called {name:?}; there are {}{meant}",
        all.join(", ")
    )))
}

/// The variables of several remedies together.
pub fn variables(remedies: &[&Remedy], clock: i64) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for remedy in remedies {
        join(&mut all, &remedy.variables(clock));
    }
    all
}

/// The remedies that may cure what a set of variations does, in the order of the table.
pub(crate) fn candidates(variations: &[String]) -> Vec<&'static Remedy> {
    let may = |remedy: &&Remedy| variations.iter().any(|v| remedy.cures.contains(&v.as_str()));
    REMEDIES.iter().filter(may).collect()
}

/// Variables that hold options: a remedy's are added to those that are there.
const OPTIONS: &[&str] = &["MAKEFLAGS", "TAR_OPTIONS", "GZIP", "XZ_DEFAULTS", "DEB_BUILD_OPTIONS"];

/// Joins the variables of remedies: options are put one after another, else the later value stands.
fn join(all: &mut BTreeMap<String, String>, more: &BTreeMap<String, String>) {
    for (name, value) in more {
        let there = all.entry(name.clone()).or_default();
        let adds =
            (OPTIONS.contains(&name.as_str()) || name.ends_with("FLAGS") && name != "ARFLAGS") && !there.is_empty();
        *there = if adds {
            format!("{there} {value}")
        } else {
            value.clone()
        };
    }
}

/// Puts the variables of remedies among those of a run whose source lies at `build_path`.
pub fn apply(variables: &mut BTreeMap<String, String>, remedies: &BTreeMap<String, String>, build_path: &str) {
    let own = |value: &String| value.replace("{build}", build_path);
    let own: BTreeMap<String, String> = remedies
        .iter()
        .map(|(name, value)| (name.clone(), own(value)))
        .collect();
    join(variables, &own);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cures_known_variations_and_is_found_by_name() {
        let known: Vec<&str> = crate::rebuild::variation::VARIATIONS.iter().map(|v| v.name()).collect();
        for remedy in REMEDIES {
            assert!(remedy.cures.iter().all(|v| known.contains(v)), "{}", remedy.name);
            assert_eq!(named(remedy.name), Some(remedy), "one of each name");
        }
    }

    #[test]
    fn options_are_added_and_values_replaced() {
        let mut variables: BTreeMap<String, String> = [("CFLAGS", "-O2"), ("TZ", "Asia/Tokyo")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .into();
        let map = named("-ffile-prefix-map").unwrap().variables(7);
        apply(&mut variables, &map, "/build/source");
        apply(&mut variables, &named("TZ").unwrap().variables(7), "/build/source");
        assert_eq!(variables["CFLAGS"], "-O2 -ffile-prefix-map=/build/source=.");
        assert_eq!(variables["CXXFLAGS"], "-ffile-prefix-map=/build/source=.");
        assert_eq!(variables["TZ"], "UTC");
        assert_eq!(
            named("SOURCE_DATE_EPOCH").unwrap().variables(7)["SOURCE_DATE_EPOCH"],
            "7"
        );
    }
}
