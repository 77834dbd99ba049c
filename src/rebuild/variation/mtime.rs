//! Source files and files that the build writes bear other times; source files no longer all the same one.

use super::{Backend, Missing, Variation};
use crate::{
    notation::calendar::DAY,
    rebuild::{
        calendar::{self, Direction, SEASON},
        environment::{Environment, Moment},
        machine::Machine,
    },
};

/// 1981: zip and FAT know no time before 1980.
const EARLIEST: i64 = 11 * 366 * DAY;

/// `mtime`
pub struct Mtime;

/// When files are written, and when the newest of the sources was: nowhere like the control's.
fn times(environment: &Environment) -> (i64, i64) {
    let (written, source) = (environment.written.seconds, environment.source_time);
    // Earlier than the clock, for nothing is written in the future; the sources before what is made from them.
    let earlier = calendar::unlike(written, written - SEASON, Direction::Earlier);
    let sources = calendar::unlike(source, earlier - DAY, Direction::Earlier);
    match environment.source_date_epoch() {
        // A build that cuts times down to this one cuts all of the control's, as it would anywhere: then the others, too.
        Some(epoch) if (sources + 1..=source).contains(&epoch) => {
            let sources = calendar::unlike(source, source + SEASON, Direction::Later);
            (calendar::unlike(written, sources + DAY, Direction::Later), sources)
        }
        _ => (earlier, sources),
    }
}

impl Variation for Mtime {
    fn name(&self) -> &'static str {
        "mtime"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        // The times of source files are set; those of files that the build writes have to be shown otherwise.
        Ok(match machine.means.interposition {
            true => Backend::Interposition,
            false => Backend::Environment,
        })
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        if environment.source_times_spread {
            return Ok(());
        }
        let (written, sources) = times(environment);
        if sources < EARLIEST {
            return Err(Missing::EarlierTimes);
        }
        environment.written = Moment {
            seconds: written,
            nanos: 246_813_579,
        };
        environment.source_time = sources;
        environment.source_times_spread = true;
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["source_times"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["written_time", "changed_time", "source_change_times", "folder_time"]
    }
}
