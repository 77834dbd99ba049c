//! What is known of the environment of a build, and what of it was found in an artifact.

use serde::Serialize;

/// What one build is known to have been made in.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Where it comes from and of what kind it is: `x.buildinfo (Debian .buildinfo)`.
    pub whose: String,
    /// What it says.
    pub facts: Vec<Fact>,
    /// What was built.
    pub made: Vec<Made>,
}

/// One value of an environment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fact {
    /// What it is the value of.
    pub kind: FactKind,
    /// The value.
    pub value: Known,
    /// Where the record says it: a line, or a key.
    pub place: String,
}

/// An artifact that a record lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Made {
    /// Its path, or its name only.
    pub name: String,
    /// In hex.
    pub sha256: String,
    /// Where the record says it.
    pub place: String,
}

/// A recorded value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Known {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// Seconds since 1970, both ends included.
    Window {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A value that goes by a name of its own: a variable, or a tool with its version.
    Named {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
}

/// What a recorded value is the value of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FactKind {
    /// The clock during the build.
    Clock,
    /// The time that files of the source, or files that the build wrote, show.
    FileTime,
    /// `SOURCE_DATE_EPOCH`.
    SourceDateEpoch,
    /// The name of the time zone.
    Zone,
    /// Seconds that the time zone is east of UTC.
    ZoneOffset,
    /// The folder of the source.
    BuildPath,
    /// The home folder.
    Home,
    /// The folder of temporary files.
    TmpDir,
    /// The host's name.
    Host,
    /// The host's domain.
    Domain,
    /// The user's name.
    User,
    /// The user's full name.
    Gecos,
    /// The group's name.
    Group,
    /// The user's number.
    Uid,
    /// The group's number.
    Gid,
    /// The locale.
    Locale,
    /// `uname -r`.
    KernelRelease,
    /// `uname -v`.
    KernelVersion,
    /// The number of processors, or of jobs at once.
    CpuCount,
    /// The model of the processor.
    CpuModel,
    /// The shell.
    Shell,
    /// Permissions taken from new files.
    Umask,
    /// The number of the first process.
    Pid,
    /// The version of a tool or package.
    Tool,
    /// Another variable.
    Variable,
}

impl FactKind {
    /// For people: `build path`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::FileTime => "time of files",
            Self::SourceDateEpoch => "SOURCE_DATE_EPOCH",
            Self::Zone => "time zone",
            Self::ZoneOffset => "offset of the time zone",
            Self::BuildPath => "build path",
            Self::Home => "home folder",
            Self::TmpDir => "temporary folder",
            Self::Host => "host",
            Self::Domain => "domain",
            Self::User => "user",
            Self::Gecos => "full name",
            Self::Group => "group",
            Self::Uid => "uid",
            Self::Gid => "gid",
            Self::Locale => "locale",
            Self::KernelRelease => "kernel release",
            Self::KernelVersion => "kernel version",
            Self::CpuCount => "number of processors",
            Self::CpuModel => "processor",
            Self::Shell => "shell",
            Self::Umask => "umask",
            Self::Pid => "process id",
            Self::Tool => "version",
            Self::Variable => "variable",
        }
    }
}

/// A record in a report: what it vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordUse {
    /// `a` or `b`.
    pub side: char,
    /// Whose word it is.
    pub whose: String,
    /// Values that stand in this side and account for findings, in the record's order.
    pub vouched: Vec<Vouched>,
    /// What of it was not found, in words.
    pub notes: Vec<String>,
    /// Why it can't be of this side: there is no answer then.
    #[serde(skip)]
    pub misfit: Option<String>,
}

/// A value that a record vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Vouched {
    /// What it is the value of.
    pub kind: FactKind,
    /// The value, as people write it.
    pub value: String,
    /// How often.
    pub count: usize,
}
