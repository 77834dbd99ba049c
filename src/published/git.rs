//! The source at the commit that an artifact names: a copy of the caller's repository, or a clone by git.

use super::{Case, Error, lab::OUT, site::Call};
use crate::rebuild::source::select;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What is known of where a source lies.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The commit, where the artifact names it.
    pub commit: String,
    /// Tags that may be it, where it does not.
    pub tags: Vec<String>,
    /// Where the repository is said to be.
    pub url: String,
}

/// Options under which git does nothing but copy: no hooks, no filters of the source's choice, no questions.
const PLAIN: &[&str] = &[
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "advice.detachedHead=false",
    "-c",
    "safe.directory=*",
    "-c",
    "core.autocrlf=false",
];

impl Wanted {
    /// Puts the source into `to`, which must not exist: what was taken is said in `notes`.
    ///
    /// # Errors
    /// There is none, or it does not have the commit.
    pub fn checkout(&self, case: &Case<'_>, to: &Path, notes: &mut Vec<String>) -> Result<(), Error> {
        let folder = match &case.options.source {
            Some(folder) if !is_repository(folder) => {
                notes.push("the source is no repository of git: it is taken as it is".to_owned());
                return select(folder, false)?.copy(to);
            }
            Some(folder) => folder.clone(),
            None => self.cloned(case)?,
        };
        let whole = folder.to_string_lossy().into_owned();
        let new = to.to_string_lossy().into_owned();
        git(&["clone", "--quiet", "--no-checkout", "--no-hardlinks", &whole, &new])
            .map_err(|why| Error::failed(why).of(&folder))?;
        let commit = self.commit_in(to, notes).map_err(|error| error.of(&folder))?;
        git(&["-C", &new, "checkout", "--quiet", "--detach", &commit]).map_err(|why| Error::failed(why).of(&folder))?;
        Ok(())
    }

    fn commit_in(&self, repository: &Path, notes: &mut Vec<String>) -> Result<String, Error> {
        let folder = repository.to_string_lossy();
        let known = |name: &str| {
            git(&[
                "-C",
                &folder,
                "rev-parse",
                "--verify",
                "--quiet",
                &format!("{name}^{{commit}}"),
            ])
        };
        if !self.commit.is_empty() {
            return known(&self.commit)
                .map_err(|_| Error::not_found(format!("has no commit {}, which the artifact names", self.commit)));
        }
        for tag in &self.tags {
            if let Ok(commit) = known(&format!("refs/tags/{tag}")) {
                notes.push(format!(
                    "the artifact names no commit: the tag {tag} is taken, {commit}"
                ));
                return Ok(commit);
            }
        }
        let head = known("HEAD").map_err(|_| Error::not_found("has no commit"))?;
        notes.push(format!(
            "the artifact names no commit, and none of its tags is there: HEAD is taken, {head}"
        ));
        Ok(head)
    }

    /// A clone, fetched by git in the sandbox.
    fn cloned(&self, case: &Case<'_>) -> Result<PathBuf, Error> {
        let url = address(&self.url).ok_or_else(|| {
            Error::not_found("it does not say where its source lies")
                .with_hint("give --source DIR, a clone of its repository")
        })?;
        let words = ["git", "clone", "--quiet", "--bare", &url, "out/repository"];
        let fetched = case.site.fetch(Call {
            what: &format!("its source at {url}"),
            steps: vec![
                vec!["mkdir".to_owned(), OUT.to_owned()],
                words.map(str::to_owned).to_vec(),
            ],
            kit: Vec::new(),
            tree: None,
            variables: BTreeMap::from([("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned())]),
        });
        fetched
            .map(|folder| folder.join("repository"))
            .map_err(|error| error.with_hint("give --source DIR, a clone of its repository"))
    }
}

/// An address that git may be given: `https://…`, and nothing that is an option or another transport.
fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("git+").trim_end_matches('/');
    let rest = text.strip_prefix("https://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%+".contains(c);
    (rest.contains('/') && rest.chars().all(plain)).then(|| text.to_owned())
}

/// A working tree of git, or a bare repository.
fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists() || folder.join("HEAD").is_file() && folder.join("objects").is_dir()
}

/// What git prints; why it failed, if it did.
fn git(words: &[&str]) -> Result<String, String> {
    let answer = Command::new("git")
        .args(PLAIN)
        .args(words)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_LFS_SKIP_SMUDGE", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git can't be started: {error}"))?;
    match answer.status.success() {
        true => Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&answer.stderr).trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_that_git_may_be_given() {
        let some = |text: &str| address(text);
        assert_eq!(some("git+https://a.org/x.git"), Some("https://a.org/x.git".to_owned()));
        for wrong in [
            "--upload-pack=x",
            "ext::sh -c id",
            "ssh://a/x",
            "file:///etc",
            "https://a.org",
            "https://a.org/x y",
            "https://u:p@a.org/x",
        ] {
            assert_eq!(some(wrong), None, "{wrong}");
        }
    }
}
