//! `[history]`: where the history lies, and what the repository is called in it.

use super::Wrong;
use crate::model::HISTORY_FILE;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    file: Option<PathBuf>,
    project: Option<Spanned<String>>,
}

/// `[history]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryTable {
    /// The history's file, below the root.
    pub file: Option<PathBuf>,
    /// What the repository is called in it; the name of its folder if nothing is given.
    pub project: Option<String>,
}

impl Table {
    pub(super) fn checked(self) -> Result<HistoryTable, Wrong> {
        if let Some(project) = self.project.as_ref().filter(|name| name.get_ref().trim().is_empty()) {
            return Err(Wrong::at(project, "history: project is empty".to_owned()));
        }
        Ok(HistoryTable {
            file: self.file,
            project: self.project.map(Spanned::into_inner),
        })
    }
}

impl HistoryTable {
    /// Where the history lies, from the root.
    pub(super) fn path(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(HISTORY_FILE))
    }

    /// What a repository is called.
    pub(super) fn project(&self, root: &Path) -> String {
        let folder = || root.file_name().map(|name| name.to_string_lossy().into_owned());
        self.project.clone().or_else(folder).unwrap_or_else(|| "/".to_owned())
    }
}
