//! What `repro check` finds: a manifest against what is there.

/// The whole answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckReport {
    /// The manifest, as it was named.
    pub manifest: String,
    /// What is not as listed, by path.
    pub findings: Vec<CheckFinding>,
    /// Lines, or entries of JSON, that could not be understood: their numbers from 1, and why.
    pub malformed: Vec<(usize, String)>,
    /// Paths that are listed.
    pub checked: usize,
    /// Whether extra paths were looked for.
    pub extras: bool,
    /// Whether extra paths and changed permissions count.
    pub strict: bool,
    /// The manifest says that its writer could not read everything.
    pub incomplete: bool,
    /// A lock file was judged as a commit's hook does it.
    pub before_commit: bool,
}

/// A path that is not as the manifest says.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckFinding {
    /// As the manifest has it.
    pub path: Vec<u8>,
    /// In what way.
    pub what: CheckWhat,
}

/// One way in which a path is not as the manifest says.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckWhat {
    /// Something of it is another.
    Changed {
        /// `content`, `size`, `type`, `target`, `device`, `owner` or `attribute`.
        field: &'static str,
        /// As listed.
        expected: String,
        /// As it is.
        found: String,
    },
    /// Listed, and not there.
    Missing,
    /// There, and not listed.
    Extra,
    /// Permissions, four octal digits.
    Mode {
        /// As listed.
        expected: String,
        /// As they are.
        found: String,
        /// A set-user-ID or set-group-ID bit is new.
        granted: bool,
    },
    /// Told, and no difference.
    Told {
        /// `link`, of a list's path that is a symbolic link, or leads through one; or `sparse`.
        field: &'static str,
        /// As listed.
        expected: String,
        /// As it is.
        found: String,
    },
    /// Why it could not be read.
    Unreadable(String),
    /// An artifact that a lock file lists and that is not built here: no difference.
    NotBuilt,
    /// A lock file, an artifact and what builds it do not fit, before a commit.
    Stale(Stale),
}

/// What is not of the same build as the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stale {
    /// The artifact is what was locked before.
    Artifact,
    /// It was locked with another build command.
    Command,
    /// What is locked changed, and nothing like it was built or locked here.
    Lock,
}

impl CheckReport {
    /// Whether a finding makes a difference to the answer.
    pub fn counts(&self, finding: &CheckFinding) -> bool {
        match &finding.what {
            CheckWhat::Changed { .. }
            | CheckWhat::Missing
            | CheckWhat::Mode { granted: true, .. }
            | CheckWhat::Stale(_) => true,
            CheckWhat::Extra | CheckWhat::Mode { .. } => self.strict,
            CheckWhat::Told { .. } | CheckWhat::Unreadable(_) | CheckWhat::NotBuilt => false,
        }
    }

    /// Whether something is not as listed.
    pub fn differs(&self) -> bool {
        self.findings.iter().any(|finding| self.counts(finding))
    }

    /// Whether something could not be read or understood.
    pub fn trouble(&self) -> bool {
        let unreadable = |finding: &CheckFinding| matches!(finding.what, CheckWhat::Unreadable(_));
        self.findings.iter().any(unreadable) || !self.malformed.is_empty() || self.incomplete
    }
}
