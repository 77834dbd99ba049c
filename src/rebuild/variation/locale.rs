//! Another locale: month names, decimal sign, order and messages of another language.

use super::{Backend, Missing, Variation};
use crate::rebuild::{environment::Environment, machine::Machine};

/// `locale`
pub struct Locale;

impl Variation for Locale {
    fn name(&self) -> &'static str {
        "locale"
    }
    fn backend(&self, _: &Machine) -> Result<Backend, Missing> {
        Ok(Backend::Environment)
    }
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing> {
        // Where there is no other, it is at least one without UTF-8; the probe then tells that little changes.
        environment.locale = match &machine.locale {
            Some(locale) if locale.installed || locale.folder.is_some() => locale.name.clone(),
            Some(locale) => return Err(Missing::Locale(locale.name.clone())),
            None => "C".to_owned(),
        };
        Ok(())
    }
    fn observes(&self) -> &'static [&'static str] {
        &["LC_ALL", "collation"]
    }
    fn touches(&self) -> &'static [&'static str] {
        &["LANG", "LANGUAGE", "month", "decimal", "messages", "date"]
    }
}
