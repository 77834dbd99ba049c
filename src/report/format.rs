//! How a report is written.

/// Every format that there is; a command says which of them it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, on a terminal.
    Text,
    /// For programs.
    Json,
    /// BSD lines, `SHA256 (name) = digest`: of manifests only.
    Tagged,
    /// One page that needs nothing else.
    Html,
    /// As a bot would post it.
    Markdown,
    /// Problems, for code scanning.
    Sarif,
    /// Problems, as the tests that failed.
    Junit,
    /// Problems, as GitLab's code quality report.
    CodeQuality,
    /// Problems, as GitHub's workflow commands, which annotate files.
    Github,
}

impl Format {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Json,
        Self::Tagged,
        Self::Html,
        Self::Markdown,
        Self::Sarif,
        Self::Junit,
        Self::CodeQuality,
        Self::Github,
    ];
    /// Those of a report that lists problems.
    pub const CHECKED: &'static [Self] = &[
        Self::Text,
        Self::Json,
        Self::Html,
        Self::Markdown,
        Self::Sarif,
        Self::Junit,
        Self::CodeQuality,
        Self::Github,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Tagged => "tagged",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::CodeQuality => "code-quality",
            Self::Github => "github",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

/// What to print, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// With ANSI colours.
    pub color: bool,
    /// Every finding and place, with its address.
    pub verbose: bool,
    /// Nothing that only sums up.
    pub quiet: bool,
    /// Columns that prose is broken at; without, each sentence is a line.
    pub width: Option<usize>,
}
