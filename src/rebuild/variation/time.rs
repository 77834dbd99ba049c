//! The clock shows a later moment, of which every part differs: year, month, day, weekday, hour, minute, second.

use super::{Backend, Missing, Variation, interposed};
use crate::rebuild::{
    calendar::{self, Direction, SEASON},
    environment::Moment,
};
use crate::rebuild::{environment::Environment, machine::Machine};

/// The part of a second that tells a clock which has been moved from the control's.
const MOVED: u32 = 987_654_321;

/// `time`
pub struct Time;

impl Variation for Time {
    fn name(&self) -> &'static str {
        "time"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        interposed(machine, "the clock")
    }
    fn vary(&self, environment: &mut Environment, _: &Machine) -> Result<(), Missing> {
        if environment.clock.nanos != MOVED {
            let seconds = environment.clock.seconds;
            environment.clock = Moment {
                seconds: calendar::unlike(seconds, seconds + SEASON, Direction::Later),
                nanos: MOVED,
            };
        }
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["clock", "gettimeofday", "time"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["coarse_clock", "date", "start_of_machine"]
    }
}
