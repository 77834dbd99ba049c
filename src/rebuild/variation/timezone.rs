//! Another time zone, 14 hours east: the local date is another one during most of a day in UTC.

use super::{Backend, Missing, Variation, namespaces_or_environment};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `timezone`
pub struct Timezone;

impl Variation for Timezone {
    fn name(&self) -> &'static str {
        "timezone"
    }
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing> {
        Ok(namespaces_or_environment(machine))
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        let zone = if machine.zoneinfo {
            "Pacific/Kiritimati"
        } else {
            "<+14>-14"
        };
        environment.zone = zone.to_owned();
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["TZ", "utc_offset"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["date", "localtime", "etc_timezone"]
    }
}
