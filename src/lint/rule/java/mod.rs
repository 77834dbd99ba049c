//! Rules of Java, Maven, Gradle and Ant.

mod ant_tstamp;
mod gradle_archive;
mod gradle_date;
mod gradle_dynamic_version;
mod java_hash_iter;
mod mvn_build_timestamp;
mod mvn_no_output_timestamp;
mod xml;

use super::super::Rule;

/// In the order of their ids.
pub static RULES: &[&Rule] = &[
    &ant_tstamp::RULE,
    &gradle_archive::RULE,
    &gradle_date::RULE,
    &gradle_dynamic_version::RULE,
    &java_hash_iter::RULE,
    &mvn_build_timestamp::RULE,
    &mvn_no_output_timestamp::RULE,
];
