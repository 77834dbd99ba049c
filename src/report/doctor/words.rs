//! Words that the formats share.

use crate::model::DoctorLine;

/// What is said of a line.
pub(super) fn answer(line: &DoctorLine) -> String {
    let why = line.why.as_deref().unwrap_or_default().replace('\n', "; ");
    match (line.available, &line.backend) {
        (true, Some(backend)) => backend.clone(),
        (true, None) => "yes".to_owned(),
        (false, _) => format!("no: {why}"),
    }
}
