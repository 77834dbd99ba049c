//! The records of the two builds, a line each: whose they are, which values they vouched for, what of them was not found.

use super::words::counted;
use crate::model::{RecordUse, Vouched};

/// Values that are told one by one.
const VALUES: usize = 12;

/// Side and line.
pub(in crate::report) fn lines(records: &[RecordUse], all: bool) -> Vec<(char, String)> {
    let most = if all { usize::MAX } else { VALUES };
    let mut lines = Vec::new();
    for record in records {
        let value = |one: &Vouched| format!("{} {} ({})", one.kind.words(), one.value, counted(one.count, "time"));
        let mut values: Vec<String> = record.vouched.iter().take(most).map(value).collect();
        let more = record.vouched.len().saturating_sub(most);
        if more > 0 {
            values.push(format!("{more} more"));
        }
        let vouched = match values.is_empty() {
            true => "vouches for nothing that differs".to_owned(),
            false => format!("vouches for {}", values.join(", ")),
        };
        lines.push((record.side, format!("{}: {vouched}", record.whose)));
        lines.extend(record.notes.iter().map(|note| (record.side, note.clone())));
    }
    lines
}
