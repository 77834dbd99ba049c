//! A locale whose month names, decimal sign, collation and messages are not those of C: an installed one, or one that
//! `localedef` compiles for the experiment.

use super::cache;
use crate::bytes::{
    Error,
    digest::{Algorithm, Hasher},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Wanted, best first: a decimal comma, other months, another order than that of the bytes, and many translated programs.
const WANTED: &[&str] = &[
    "fr_FR", "cs_CZ", "et_EE", "de_DE", "es_ES", "it_IT", "pl_PL", "pt_BR", "ru_RU", "nl_NL", "sv_SE", "fr_CH", "de_AT",
];

/// Where compiled locales are kept.
const SHELF: &str = "build";
/// What `localedef` reads.
const SOURCES: &str = "/usr/share/i18n/locales";
const CHARMAPS: &str = "/usr/share/i18n/charmaps";

/// A locale other than C and English, in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Such as `fr_FR.UTF-8`.
    pub name: String,
    /// Whether every program finds it without being told where.
    pub installed: bool,
    /// The folder that it was compiled into, which LOCPATH has to name.
    pub folder: Option<PathBuf>,
}

impl Locale {
    /// The best that is installed or that can be compiled here.
    pub fn choose() -> Option<Locale> {
        let installed = installed();
        let can_compile = Path::new(CHARMAPS).is_dir() && localedef().is_some();
        WANTED.iter().find_map(|name| {
            let there = installed
                .iter()
                .any(|other| normal(other) == normal(&format!("{name}.UTF-8")));
            let source = Path::new(SOURCES).join(name);
            (there || can_compile && source.is_file()).then(|| Locale {
                name: format!("{name}.UTF-8"),
                installed: there,
                folder: None,
            })
        })
    }

    /// Puts it below `work` if it is not installed: compiled, now or for an experiment before this one.
    ///
    /// # Errors
    /// `localedef` is not there, or did not compile it.
    pub fn prepare(&mut self, work: &Path) -> Result<(), Error> {
        if self.installed || self.folder.is_some() {
            return Ok(());
        }
        let named = |error: Error| error.about(format_args!("locale {}", self.name));
        let program = localedef().ok_or_else(|| named(Error::unavailable("localedef is not installed")))?;
        let folder = work.join("locale");
        let entry = self.entry(&program).ok();
        if !entry.as_ref().is_some_and(|entry| cache::take(SHELF, entry, &folder)) {
            self.compile(&program, &folder).map_err(named)?;
            if let Some(entry) = &entry {
                cache::keep(SHELF, entry, &folder);
            }
        }
        self.folder = Some(folder);
        Ok(())
    }

    /// Its name among what is kept: by everything that `localedef` can read for it.
    fn entry(&self, program: &Path) -> io::Result<String> {
        let mut read = vec![program.to_owned(), PathBuf::from(CHARMAPS).join("UTF-8.gz")];
        for source in fs::read_dir(SOURCES)? {
            read.push(source?.path());
        }
        read.sort();
        let mut hasher = Hasher::new(Algorithm::Blake3);
        for path in read.iter().filter(|path| path.is_file()) {
            // A digest of each, so that no file's end can be another one's beginning.
            let digest = Algorithm::Blake3.digest(&fs::read(path)?);
            hasher.update(format!("{} {digest}\n", path.display()).as_bytes());
        }
        Ok(format!("locale-{}-{}", self.name, hasher.finish()))
    }

    fn compile(&self, program: &Path, folder: &Path) -> Result<(), Error> {
        let failed = |what, e: io::Error| Error::failed(&e).because(e).about(what);
        fs::create_dir_all(folder).map_err(|e| failed("can't make a folder for it", e))?;
        let source = self.name.trim_end_matches(".UTF-8");
        let output = Command::new(program)
            .args(["--no-archive", "-c", "-i", source, "-f", "UTF-8"])
            .arg(folder.join(&self.name))
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| failed("can't run localedef", e))?;
        // With -c warnings leave a status other than 0: what counts is whether the locale was written.
        if !folder.join(&self.name).join("LC_COLLATE").is_file() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::failed(said.trim()).about("localedef did not compile it"));
        }
        Ok(())
    }

    /// What LANGUAGE is when this is LC_ALL: `fr_FR:fr:en` for `fr_FR.UTF-8`.
    pub fn languages(name: &str) -> String {
        match name.split(['.', '@']).next().unwrap_or("C") {
            "C" | "POSIX" | "" => "en_US:en".to_owned(),
            territory => {
                let language = territory.split('_').next().unwrap_or(territory);
                format!("{territory}:{language}:en")
            }
        }
    }
}

fn localedef() -> Option<PathBuf> {
    ["/usr/bin/localedef", "/bin/localedef", "/usr/sbin/localedef"]
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

/// Names of the installed locales, as `locale -a` prints them.
fn installed() -> Vec<String> {
    let listed = Command::new("locale")
        .arg("-a")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let text = listed.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

/// `fr_FR.utf8` and `fr_FR.UTF-8` are one locale.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_follow_the_locale() {
        assert_eq!(Locale::languages("fr_FR.UTF-8"), "fr_FR:fr:en");
        assert_eq!(Locale::languages("C.UTF-8"), "en_US:en");
        assert_eq!(Locale::languages("C"), "en_US:en");
    }

    #[test]
    fn one_locale_has_several_spellings() {
        assert_eq!(normal("fr_FR.utf8"), normal("fr_FR.UTF-8"));
        assert_ne!(normal("fr_FR.iso88591"), normal("fr_FR.UTF-8"));
    }

    #[test]
    fn a_chosen_locale_can_be_prepared() {
        let Some(mut locale) = Locale::choose() else {
            return; // neither installed locales nor localedef
        };
        let work = tempfile::tempdir().unwrap();
        locale.prepare(work.path()).unwrap();
        assert_eq!(locale.installed, locale.folder.is_none());
    }
}
