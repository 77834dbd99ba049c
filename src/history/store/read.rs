//! Reading: runs in order of time, and what single ones were made with.

use super::{
    Error, History, damaged,
    write::{NAME, PROJECT, VALUE, WORD},
};
use crate::{
    bytes::digest::is_hex,
    history::moment,
    model::{Basis, EnvironmentItem, Outcome, RunKind, RunResult},
};
use rusqlite::{OptionalExtension, Row as SqlRow, ToSql, types::Type};
use std::collections::BTreeMap;

/// Which runs are read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this project.
    pub project: Option<String>,
    /// Only this command.
    pub kind: Option<RunKind>,
}

impl Filter {
    const SQL: &'static str = "(?1 IS NULL OR runs.project = ?1) AND (?2 IS NULL OR runs.kind = ?2)";

    fn values(&self) -> [Box<dyn ToSql>; 2] {
        [Box::new(self.project.clone()), Box::new(self.kind.map(RunKind::word))]
    }
}

/// A run, with one of its results; a run without any comes once.
#[derive(Clone, Debug)]
pub struct Row {
    /// The run's number.
    pub run: i64,
    /// Seconds since 1970, in a range that can be written.
    pub at: i64,
    /// The command.
    pub kind: RunKind,
    /// The project.
    pub project: String,
    /// The run's verdict.
    pub verdict: String,
    /// Why, if it said so.
    pub reason: Option<String>,
    /// Commit of its source.
    pub commit: Option<String>,
    /// One artifact.
    pub result: Option<RunResult>,
}

/// What a run was made of and with.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Commit of its source.
    pub commit: Option<String>,
    /// Digest of its source.
    pub source: Option<String>,
    /// Digest of its command.
    pub command: Option<String>,
    /// Its environment: how it is known, and its number.
    pub environment: Option<(Basis, i64)>,
}

impl History {
    /// Tells all results, by time and number of the run, then by path.
    ///
    /// # Errors
    /// The file is damaged, or `tell` fails.
    pub fn rows(&self, filter: &Filter, tell: &mut dyn FnMut(Row) -> Result<(), Error>) -> Result<(), Error> {
        let sql = format!(
            "SELECT runs.id, at, kind, project, verdict, reason, head, path, outcome, state, sha256, locked, cause, why \
             FROM runs INDEXED BY runs_by_time LEFT JOIN results ON results.run = runs.id WHERE {} \
             ORDER BY at, runs.id, path",
            Filter::SQL
        );
        let failed = |error: rusqlite::Error| self.explain(error);
        let mut statement = self.connection.prepare(&sql).map_err(failed)?;
        let values = filter.values();
        let mut rows = statement.query([&*values[0], &*values[1]]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let row = read(row).map_err(failed)?;
            if !moment::valid(row.at) {
                return Err(Error::malformed(damaged(
                    &format!("run {} is of no moment that can be written", row.run),
                    Some(&self.connection),
                ))
                .of(&self.path));
            }
            tell(row)?;
        }
        Ok(())
    }

    /// Moment and number of the run that is the `last`th newest; none if there are fewer.
    ///
    /// # Errors
    /// The file is damaged.
    pub(crate) fn nth_newest(&self, filter: &Filter, last: usize) -> Result<Option<(i64, i64)>, Error> {
        let Some(offset) = last.checked_sub(1).and_then(|offset| i64::try_from(offset).ok()) else {
            return Ok(None);
        };
        let sql = format!(
            "SELECT at, id FROM runs WHERE {} ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?3",
            Filter::SQL
        );
        let values = filter.values();
        let found = self
            .connection
            .query_row(&sql, [&*values[0], &*values[1], &offset], |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
        found.optional().map_err(|error| self.explain(error))
    }

    /// What a run was made of and with.
    ///
    /// # Errors
    /// There is no such run, or the file is damaged.
    pub fn made(&self, run: i64) -> Result<Made, Error> {
        let sql = "SELECT head, source, command, basis, environments.id FROM runs \
                   LEFT JOIN environments ON environments.id = runs.environment WHERE runs.id = ?1";
        let found = self.connection.query_row(sql, [run], |row| {
            let basis = match text(row, 3, WORD)?.as_deref() {
                None => None,
                Some("build") => Some(Basis::Build),
                Some("machine") => Some(Basis::Machine),
                Some(other) => return Err(unknown(3, other)),
            };
            Ok(Made {
                commit: commit(row, 0)?,
                source: text(row, 1, WORD)?,
                command: text(row, 2, WORD)?,
                environment: basis.zip(row.get::<_, Option<i64>>(4)?),
            })
        });
        found.map_err(|error| self.explain(error))
    }

    /// What an environment consisted of.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn items(&self, environment: i64) -> Result<BTreeMap<String, EnvironmentItem>, Error> {
        let done = || -> rusqlite::Result<BTreeMap<String, EnvironmentItem>> {
            let mut statement = self
                .connection
                .prepare("SELECT name, value, package FROM items WHERE environment = ?1")?;
            let rows = statement.query_map([environment], |row| {
                let item = EnvironmentItem {
                    value: needed(row, 1, VALUE)?,
                    package: text(row, 2, NAME)?,
                };
                Ok((needed(row, 0, NAME)?, item))
            })?;
            rows.collect()
        };
        done().map_err(|error| self.explain(error))
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let result = match text(row, 7, NAME)? {
        None => None,
        Some(path) => Some(RunResult {
            path,
            outcome: match needed(row, 8, WORD)?.as_str() {
                "reproduced" => Outcome::Reproduced,
                "failed" => Outcome::Failed,
                "unknown" => Outcome::Unknown,
                other => return Err(unknown(8, other)),
            },
            state: needed(row, 9, WORD)?,
            sha256: text(row, 10, WORD)?,
            locked: text(row, 11, WORD)?,
            cause: text(row, 12, WORD)?,
            why: text(row, 13, VALUE)?,
        }),
    };
    Ok(Row {
        run: row.get(0)?,
        at: row.get(1)?,
        kind: match needed(row, 2, WORD)?.as_str() {
            "gate" => RunKind::Gate,
            "build" => RunKind::Build,
            other => return Err(unknown(2, other)),
        },
        project: needed(row, 3, PROJECT)?,
        verdict: needed(row, 4, WORD)?,
        reason: text(row, 5, VALUE)?,
        commit: commit(row, 6)?,
        result,
    })
}

/// A text of at most so many bytes: what is longer was not written by this program, and would be held once for each artifact.
fn text(row: &SqlRow<'_>, column: usize, most: usize) -> rusqlite::Result<Option<String>> {
    let value = row.get_ref(column)?;
    match value.as_str_or_null() {
        Ok(Some(text)) if text.len() > most => {
            let what = format!("{} bytes where at most {most} are written", text.len());
            Err(rusqlite::Error::FromSqlConversionFailure(
                column,
                Type::Text,
                what.into(),
            ))
        }
        Ok(text) => Ok(text.map(str::to_owned)),
        Err(error) => Err(rusqlite::Error::FromSqlConversionFailure(
            column,
            value.data_type(),
            error.into(),
        )),
    }
}

fn needed(row: &SqlRow<'_>, column: usize, most: usize) -> rusqlite::Result<String> {
    text(row, column, most)?.ok_or_else(|| rusqlite::Error::InvalidColumnType(column, String::new(), Type::Null))
}

/// A commit, which is hex: reports print it as it is.
fn commit(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    match text(row, column, WORD)? {
        Some(other) if !is_hex(&other, 40) && !is_hex(&other, 64) => Err(unknown(column, &other)),
        commit => Ok(commit),
    }
}

/// A word that no history has.
fn unknown(column: usize, word: &str) -> rusqlite::Error {
    let what = format!("{word:?} is not a word of this column");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
}
