//! Does the items of a shard, one after the other: whatever becomes of one, the others are done.

use super::{ERROR, Item, Journal, List, Shard};
use crate::{
    bytes::Error,
    model::{BatchCost, BatchLine, BatchProblem},
};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An item at which so many processes ended is not begun once more.
const ENDS: usize = 3;

/// What came of an item.
#[derive(Clone, Debug)]
pub struct Done {
    /// The command's verdict.
    pub verdict: String,
    /// The exit status that the command would have: 0, 1 or 2.
    pub exit: u8,
    /// The answer in one line.
    pub summary: String,
    /// The first problem of each rule.
    pub problems: Vec<BatchProblem>,
    /// The report, if the line is to have it.
    pub report: Option<Value>,
}

/// Does something, and says what it cost.
pub type Measure<'m> = &'m dyn Fn(&mut dyn FnMut()) -> Option<BatchCost>;

/// Does what is not done yet. An item that fails, or panics, has its line, too. `told` hears of each that is done, and why it failed.
///
/// # Errors
/// A line can't be written.
pub fn run(
    list: &List,
    shard: Shard,
    journal: &mut Journal,
    work: &mut dyn FnMut(&Item<'_>) -> Result<Done, Error>,
    measure: Measure<'_>,
    told: &dyn Fn(&Item<'_>, Option<&str>),
) -> Result<(), Error> {
    let mut left = list
        .of(shard)
        .filter(|at| !journal.has(*at))
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    let mut hopeless = None;
    if let Some(first) = left.peek().copied().filter(|_| journal.goes_on()) {
        // The run before ended while it did this one.
        let ends = journal.begun().resumed.get(&(first + 1)).copied().unwrap_or_default() + 1;
        match ends < ENDS {
            true => journal.resume(first + 1)?,
            false => hopeless = Some(first),
        }
    }
    for at in left {
        let item = list.item(at);
        let (done, cost) = match hopeless == Some(at) {
            true => (Err(format!("{ENDS} processes ended while they did it")), None),
            false => attempt(&item, work, measure),
        };
        told(&item, done.as_ref().err().map(String::as_str));
        journal.line(&line(&item, done, cost))?;
    }
    Ok(())
}

/// Does one item; a panic is no more than its failure.
fn attempt(
    item: &Item<'_>,
    work: &mut dyn FnMut(&Item<'_>) -> Result<Done, Error>,
    measure: Measure<'_>,
) -> (Result<Done, String>, Option<BatchCost>) {
    if let Err(why) = &item.fields {
        return (Err(why.clone()), None);
    }
    let mut done = Err("it was not done".to_owned());
    let cost = measure(&mut || {
        done = match catch_unwind(AssertUnwindSafe(|| work(item))) {
            Ok(done) => done.map_err(|error| error.to_string()),
            Err(_) => Err("this program panicked, which is a mistake in it: please report it".to_owned()),
        };
    });
    (done, cost)
}

fn line(item: &Item<'_>, done: Result<Done, String>, cost: Option<BatchCost>) -> BatchLine {
    let bare = |verdict: String, exit, summary| BatchLine {
        item: item.name.clone().into_owned(),
        at: item.at,
        verdict,
        exit,
        summary,
        problems: Vec::new(),
        error: None,
        report: None,
        cost,
    };
    match done {
        Err(why) => BatchLine {
            error: Some(why.clone()),
            ..bare(ERROR.to_owned(), 2, why)
        },
        Ok(done) => BatchLine {
            problems: done.problems,
            report: done.report,
            ..bare(done.verdict, done.exit, done.summary)
        },
    }
}
