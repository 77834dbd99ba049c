//! The file: SQLite, with a rollback journal.
//!
//! Not a write-ahead log: that needs memory shared by all processes, which network file systems don't give, and nightly jobs of several
//! machines may well write to one file there. Writers wait for each other (`BEGIN IMMEDIATE`), and `synchronous = EXTRA` lets a commit return
//! only when its journal is gone from the disk, too. So a run is recorded whole or not at all, and one that was said to be recorded is there.
//!
//! The file may come from elsewhere: its schema is not trusted and must be the one below to the letter, every column's type is checked as it
//! is read, and lengths are limited.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Filter, Made, Row};
pub use write::Pruned;

use super::Error;
use crate::bytes::Kind;
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig, limits::Limit};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// `application_id` of a history: "rpro".
const APPLICATION: i32 = 0x7270_726f;
/// `user_version`: counts up when the tables change.
const VERSION: i32 = 1;
/// The tables.
const SCHEMA: &str = include_str!("schema.sql");
/// How long a writer waits for the others.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest text or row, in bytes.
const LONGEST: i32 = 1 << 20;

/// A history that is open.
pub struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    /// Opens a history to read it; `None` where there is no file.
    ///
    /// # Errors
    /// It is no history, one of a newer version, or damaged.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::at(path, &error)),
            Ok(found) if !found.is_file() => return Err(Error::usage("not a file").of(path)),
            // A writer that was killed before it wrote anything leaves this.
            Ok(found) if found.len() == 0 && !journal(path) => return Ok(None),
            Ok(_) => {}
        }
        // Also for reading: what a killed writer left is rolled back first. Where that is not allowed, SQLite opens it for reading only.
        let history = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let done = || -> rusqlite::Result<bool> {
            history.connection.execute_batch("PRAGMA query_only = ON; BEGIN")?;
            Ok(!history.is_new()?)
        };
        match done() {
            Err(error) => Err(history.explain(error)),
            Ok(false) => Ok(None),
            Ok(true) => {
                history.whole()?;
                history.known()?;
                history.sound()?;
                Ok(Some(history))
            }
        }
    }

    /// Opens a history to write to it, or makes a new one.
    ///
    /// # Errors
    /// As [`History::read`]; or it can't be written.
    pub fn write(path: &Path) -> Result<Self, Error> {
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(Error::usage("not a file").of(path));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let history = Self::connect(path, flags)?;
        // Whoever comes first makes the tables; the others wait here.
        let begin = "PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE";
        let begun = || -> rusqlite::Result<bool> {
            history.connection.execute_batch(begin)?;
            history.is_new()
        };
        if begun().map_err(|error| history.explain(error))? {
            let numbers = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};");
            let made = history.connection.execute_batch(&(numbers + SCHEMA));
            made.map_err(|error| history.explain(error))?;
        } else {
            history.whole()?;
            history.known()?;
        }
        let done = history.connection.execute_batch("COMMIT");
        done.map_err(|error| history.explain(error))?;
        Ok(history)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, Error> {
        for suffix in ["-journal", "-wal", "-shm"] {
            let path = beside(path, suffix);
            // SQLite would wait for the other end of a pipe.
            if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
                return Err(Error::usage("not a file: remove it").of(path));
            }
        }
        // So that no name is one that SQLite has a meaning for, such as `:memory:`.
        let plain = match path.is_absolute() {
            true => path.to_owned(),
            false => Path::new(".").join(path),
        };
        let connection = Connection::open_with_flags(plain, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| explain(path, None, error))?;
        let history = Self {
            connection,
            path: path.to_owned(),
        };
        let set = || -> rusqlite::Result<()> {
            let connection = &history.connection;
            connection.busy_timeout(PATIENCE)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
            connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            connection.execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY",
            )
        };
        set().map_err(|error| history.explain(error))?;
        Ok(history)
    }

    fn number(&self, pragma: &str) -> rusqlite::Result<i32> {
        self.connection.pragma_query_value(None, pragma, |row| row.get(0))
    }

    /// Whether there is nothing in it at all.
    fn is_new(&self) -> rusqlite::Result<bool> {
        let tables: i64 = self
            .connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(tables == 0 && self.number("application_id")? == 0 && self.number("user_version")? == 0)
    }

    /// Fails if the file ends before its last page does, which SQLite takes for zeros. To be asked while nobody else may write.
    fn whole(&self) -> Result<(), Error> {
        let read = |pragma| {
            self.connection
                .pragma_query_value(None, pragma, |row| row.get::<_, u32>(0))
        };
        let pages = || Ok((read("page_count")?, read("page_size")?));
        let (count, size) = pages().map_err(|error: rusqlite::Error| self.explain(error))?;
        let there = fs::metadata(&self.path)
            .map_err(|error| Error::at(&self.path, &error))?
            .len();
        let wanted = u64::from(count) * u64::from(size);
        match there < wanted {
            true => {
                let said = format!("{there} bytes are left of {wanted}");
                Err(Error::malformed(damaged(&said, None)).of(&self.path))
            }
            false => Ok(()),
        }
    }

    /// Fails if a page is lost or linked wrongly: rows would be missing, and nobody told.
    fn sound(&self) -> Result<(), Error> {
        match check(&self.connection) {
            // A result whose run is gone would not be missed either.
            Ok(None) => match self.connection.query_row("PRAGMA foreign_key_check", [], |_| Ok(())) {
                Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
                Ok(()) => {
                    let said = damaged("rows are left of what is gone", None);
                    Err(Error::malformed(said).of(&self.path))
                }
                Err(error) => Err(self.explain(error)),
            },
            Ok(Some(line)) => Err(Error::malformed(damaged(&line, None)).of(&self.path)),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Fails unless the tables are those of this version.
    fn known(&self) -> Result<(), Error> {
        let wrong = |what: String| Error::malformed(what).of(&self.path);
        let read = |pragma| self.number(pragma).map_err(|error| self.explain(error));
        if read("application_id")? != APPLICATION {
            return Err(wrong(
                "an SQLite file, but no history of repro: name another file".to_owned(),
            ));
        }
        let version = read("user_version")?;
        if version != VERSION {
            return Err(wrong(format!(
                "a history of version {version}, this program knows {VERSION}: use the repro that wrote it, or a newer one"
            )));
        }
        let other = self.other_tables().map_err(|error| self.explain(error))?;
        match other {
            None => Ok(()),
            Some(name) => Err(wrong(format!(
                "{name:?} is not as in a history of version {VERSION}: something else changed the file; name another one"
            ))),
        }
    }

    /// The first table, index, view or trigger that is not as it should be.
    fn other_tables(&self) -> rusqlite::Result<Option<String>> {
        let mut wanted: Vec<&str> = SCHEMA.split(';').map(str::trim).filter(|sql| !sql.is_empty()).collect();
        let mut statement = self
            .connection
            .prepare("SELECT type, name, sql FROM sqlite_schema LIMIT 100")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (kind, name, sql): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let own = matches!(kind.as_str(), "table" | "index") && name.starts_with("sqlite_");
            let known = wanted.iter().position(|wanted| sql.as_deref() == Some(wanted));
            match known {
                Some(at) => drop(wanted.swap_remove(at)),
                None if own => {}
                None => return Ok(Some(name)),
            }
        }
        let missing = wanted
            .first()
            .map(|sql| sql.split_whitespace().nth(2).unwrap_or_default());
        Ok(missing.map(str::to_owned))
    }

    /// An error of SQLite, for the reader.
    fn explain(&self, error: rusqlite::Error) -> Error {
        explain(&self.path, Some(&self.connection), error)
    }
}

/// Whether a writer left a journal.
fn journal(path: &Path) -> bool {
    fs::metadata(beside(path, "-journal")).is_ok_and(|found| found.len() > 0)
}

/// What SQLite keeps beside a file.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The same, of a file that may not be open.
fn explain(path: &Path, connection: Option<&Connection>, error: rusqlite::Error) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            Kind::Io
        }
        _ => Kind::Malformed,
    };
    Error::new(kind, words(connection, &error)).of(path).because(error)
}

fn words(connection: Option<&Connection>, error: &rusqlite::Error) -> String {
    use rusqlite::Error as E;
    match error {
        E::SqliteFailure(failure, message) => {
            let said = message.clone().unwrap_or_else(|| failure.to_string());
            match failure.code {
                ErrorCode::NotADatabase => "no history of repro, not even an SQLite file: name another file".to_owned(),
                ErrorCode::DatabaseCorrupt => damaged(&said, connection),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                    format!(
                        "in use by another process for more than {} s: {said}",
                        PATIENCE.as_secs()
                    )
                }
                ErrorCode::ReadOnly => format!("can't be written: {said}"),
                ErrorCode::CannotOpen => format!("{said}: its folder must exist, and be readable and writable"),
                ErrorCode::TooBig => {
                    format!("a text in it is longer than {LONGEST} bytes: damaged, or made by something else")
                }
                _ => said,
            }
        }
        E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..)
        | E::InvalidColumnType(..)
        | E::Utf8Error(..) => damaged(&error.to_string(), connection),
        other => other.to_string(),
    }
}

/// What SQLite finds wrong, and what can be done.
fn damaged(said: &str, connection: Option<&Connection>) -> String {
    let found = connection.and_then(|connection| check(connection).ok().flatten());
    let found = found.map(|line| format!(" ({line})")).unwrap_or_default();
    format!("damaged: {said}{found}: put a copy in its place, or save what is left with `sqlite3 FILE .recover`")
}

/// The first thing that SQLite finds wrong with the file.
fn check(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let line: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((line != "ok").then(|| line.replace('\n', " ")))
}
