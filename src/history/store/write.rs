//! Writing: one transaction a run.

use super::{Error, History};
use crate::{
    bytes::digest::{Algorithm, Hasher},
    history::moment,
    model::{NewRun, RunEnvironment},
};
use rusqlite::{Transaction, TransactionBehavior, params};

/// Results of one run, and items of one environment, that are recorded.
const MOST: usize = 1_000_000;
/// Longest path or name, in bytes.
pub(super) const NAME: usize = 1 << 16;
/// Longest name of a project, which every result of it repeats.
pub(super) const PROJECT: usize = 1000;
/// Longest word of ours: a verdict, a cause, a digest.
pub(super) const WORD: usize = 200;
/// Bytes of a longer text that are kept.
const TEXT: usize = 2000;
/// Longest value: a text that was cut, and a digest behind it.
pub(super) const VALUE: usize = TEXT + 100;

/// What was removed, and what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// Runs that are gone.
    pub removed: usize,
    /// Runs that are left.
    pub kept: usize,
}

impl History {
    /// Records a run; its number. When this returns, the run is on the disk.
    ///
    /// # Errors
    /// It can't be written, or is too large.
    pub fn record(&mut self, run: &NewRun) -> Result<i64, Error> {
        check(run).map_err(|error| error.of(&self.path))?;
        let done = self.transaction(|transaction| {
            let environment = match &run.environment {
                Some(environment) => Some(add_environment(transaction, environment)?),
                None => None,
            };
            transaction.execute(
                "INSERT INTO runs (at, kind, project, verdict, reason, tool, head, source, command, environment) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                params![
                    run.at,
                    run.kind.word(),
                    run.project,
                    run.verdict,
                    run.reason.as_deref().map(cut),
                    env!("CARGO_PKG_VERSION"),
                    run.commit,
                    run.source,
                    run.command,
                    environment
                ],
            )?;
            let id = transaction.last_insert_rowid();
            let mut insert = transaction.prepare(
                "INSERT INTO results (run, path, outcome, state, sha256, locked, cause, why) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for result in &run.results {
                insert.execute(params![
                    id,
                    result.path,
                    result.outcome.word(),
                    result.state,
                    result.sha256,
                    result.locked,
                    result.cause,
                    result.why.as_deref().map(cut)
                ])?;
            }
            Ok(id)
        });
        done.map_err(|error| self.explain(error))
    }

    /// Removes all but the newest `keep` runs of each project and command.
    ///
    /// # Errors
    /// It can't be written.
    pub fn prune(&mut self, keep: usize) -> Result<Pruned, Error> {
        let keep = i64::try_from(keep).unwrap_or(i64::MAX);
        let done = self.transaction(|transaction| {
            let removed = transaction.execute(
                "DELETE FROM runs WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER \
                 (PARTITION BY project, kind ORDER BY at DESC, id DESC) AS place FROM runs) WHERE place > ?1)",
                [keep],
            )?;
            transaction.execute(
                "DELETE FROM environments WHERE id NOT IN (SELECT environment FROM runs WHERE environment IS NOT NULL)",
                [],
            )?;
            let kept: i64 = transaction.query_row("SELECT count(*) FROM runs", [], |row| row.get(0))?;
            Ok(Pruned {
                removed,
                kept: usize::try_from(kept).unwrap_or(0),
            })
        });
        done.map_err(|error| self.explain(error))
    }

    fn transaction<T>(&mut self, body: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        // A writer that began by reading could not wait for another one.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let made = body(&transaction)?;
        transaction.commit()?;
        Ok(made)
    }
}

fn check(run: &NewRun) -> Result<(), Error> {
    if !moment::valid(run.at) {
        return Err(Error::usage("the run's moment lies outside of the years 0001 to 9999"));
    }
    let items = run
        .environment
        .as_ref()
        .map_or(0, |environment| environment.items.len());
    if run.results.len() > MOST || items > MOST {
        return Err(Error::usage(format!(
            "more than {MOST} artifacts or things of the environment can't be recorded"
        )));
    }
    let names = run.environment.iter().flat_map(|environment| environment.items.keys());
    let paths = run.results.iter().map(|result| &result.path);
    if run.project.len() > PROJECT {
        return Err(Error::usage(format!(
            "a project's name of {} bytes can't be recorded",
            run.project.len()
        )));
    }
    match names.chain(paths).find(|name| name.len() > NAME) {
        Some(long) => Err(Error::usage(format!(
            "a name of {} bytes can't be recorded",
            long.len()
        ))),
        None => Ok(()),
    }
}

/// The number of an environment, which is written only once.
fn add_environment(transaction: &Transaction<'_>, environment: &RunEnvironment) -> rusqlite::Result<i64> {
    let digest = digest(environment);
    let added = transaction.execute(
        "INSERT INTO environments (digest, basis) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING",
        params![digest, environment.basis.word()],
    )?;
    let id = transaction.query_row("SELECT id FROM environments WHERE digest = ?1", [&digest], |row| {
        row.get(0)
    })?;
    if added == 1 {
        let mut insert =
            transaction.prepare("INSERT INTO items (environment, name, value, package) VALUES (?1, ?2, ?3, ?4)")?;
        for (name, item) in &environment.items {
            insert.execute(params![id, name, shown(&item.value), item.package])?;
        }
    }
    Ok(id)
}

fn digest(environment: &RunEnvironment) -> String {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut add = |text: &str| {
        // Lengths, so that no text can run into the next.
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(environment.basis.word());
    for (name, item) in &environment.items {
        add(name);
        add(&item.value);
        add(item.package.as_deref().unwrap_or_default());
    }
    format!("sha256:{}", hasher.finish())
}

/// A value; of a long one its beginning and its digest.
fn shown(value: &str) -> String {
    match cut(value) {
        short if short.len() == value.len() => value.to_owned(),
        short => format!("{short}… sha256:{}", Algorithm::Sha256.digest(value.as_bytes())),
    }
}

/// The beginning of a text.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
