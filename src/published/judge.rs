//! What came of a rebuild: the comparison, and in one line what it means.

use super::{Case, Contents, Error, Touches, contents::digest};
use crate::{
    diff::{self, Input},
    model::{Confidence, DiffReport, PublishedVerdict, Record, Verdict},
    record,
};
use std::{collections::BTreeSet, path::Path};

/// A comparison of what was published (a) with what was built (b).
pub(super) struct Judged {
    /// What it means.
    pub verdict: PublishedVerdict,
    /// The whole.
    pub diff: DiffReport,
}

/// Compares what was published with a file that was built.
pub(super) fn compare(case: &Case<'_>, built: &Path, known: &Record) -> Result<Judged, Error> {
    let name = &case.artifact.file.path;
    let open = |path: &Path, name: &str| Input::open_as(path, name).map_err(|error| Error::at(path, &error));
    let (a, b) = (open(case.path, name)?, open(built, &format!("rebuilt/{name}"))?);
    // Only a record that somebody else has written vouches for anything.
    let records = match &case.options.buildinfo {
        Some(path) => Some([record::read(path)?, known.clone()]),
        None => None,
    };
    let compared = |records: Option<&[Record; 2]>| {
        let mut options = diff::Options::default();
        options.details = case.options.details;
        options.records = records.map(<[Record; 2]>::each_ref);
        diff::diff(&a, &b, &options)
    };
    let mut diff = compared(records.as_ref());
    if let (Some(why), Some([theirs, _])) = (diff.misfit(), &records) {
        case.site.note(stranger(theirs, &diff.b.sha256, why));
        diff = compared(None);
    }
    Ok(Judged {
        verdict: match diff.verdict {
            Verdict::Identical => PublishedVerdict::Identical,
            Verdict::Explained => PublishedVerdict::Explained,
            Verdict::Plausible => PublishedVerdict::Plausible,
            Verdict::Different => PublishedVerdict::Different,
            Verdict::Undetermined => PublishedVerdict::Undetermined,
        },
        diff,
    })
}

/// That a record is of another file than was published, and so vouches for nothing here.
fn stranger(record: &Record, built: &str, why: &str) -> String {
    let genuine = record.made.iter().find(|made| made.sha256 == built);
    match genuine {
        Some(made) => format!(
            "{}: {}: {} is listed with the digest of what was built here, and not of what was published",
            record.whose, made.place, made.name
        ),
        None => format!("{why}: it is not the record of what was published"),
    }
}

/// The causes that explain something, root causes first; and how much is not explained.
pub(super) fn causes(diff: &DiffReport) -> String {
    let mut names: Vec<String> = Vec::new();
    for finding in diff.findings.iter().filter(|finding| !finding.knock_on) {
        if finding.confidence != Confidence::Possible && !names.iter().any(|name| name == finding.cause) {
            names.push(finding.cause.to_owned());
        }
    }
    if names.is_empty() {
        names.extend(diff.findings.first().map(|finding| finding.cause.to_owned()));
    }
    match diff.unexplained_count {
        0 => {}
        1 => names.push("1 place unexplained".to_owned()),
        count => names.push(format!("{count} places unexplained")),
    }
    names.join(", ")
}

/// What a setting must touch to make a rebuild more like what was published.
pub(super) fn matters(judged: &Judged) -> Vec<Touches> {
    let all = vec![Touches::Times, Touches::Modes, Touches::Tools];
    if judged.verdict != PublishedVerdict::Explained {
        return all;
    }
    let roots = judged.diff.findings.iter().filter(|finding| !finding.knock_on);
    let touched = roots.map(|finding| match (finding.group, finding.cause) {
        ("time", _) => Touches::Times,
        (_, "umask-permissions") => Touches::Modes,
        _ => Touches::Tools,
    });
    touched.collect()
}

/// The answer in one line.
pub(super) fn summary(judged: &Judged, foreign: Option<&str>) -> String {
    let causes = causes(&judged.diff);
    match judged.verdict {
        PublishedVerdict::Identical => "the rebuild from the source gave the published bytes".to_owned(),
        PublishedVerdict::Explained => format!("every byte in which the rebuild differs comes from {causes}"),
        PublishedVerdict::Plausible => format!("every byte in which the rebuild differs looks like {causes}"),
        PublishedVerdict::Different => match foreign {
            Some(name) => format!("{name} is neither in the source nor what the rebuild made ({causes})"),
            None => format!("the rebuild gave other bytes: {causes}"),
        },
        _ => judged.diff.reason.clone().unwrap_or_default(),
    }
}

/// The first file of the artifact that neither the source nor the rebuild has, with other bytes than are explained. What a packer
/// makes anew each time (its own list of files) comes last.
pub(super) fn foreign(
    artifact: &Contents,
    source: Option<&Contents>,
    rebuilt: &Contents,
    diff: &DiffReport,
) -> Option<String> {
    let mut known: BTreeSet<String> = rebuilt.digests();
    known.extend(source.map(Contents::digests).unwrap_or_default());
    let within = |address: &str, name: &str| {
        let rest = address.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':', '#']))
    };
    let open = |name: &str| diff.unexplained.iter().any(|place| within(&place.address, name));
    // A list of differences that was cut short names no file behind the cut.
    let cut = diff.unexplained.len() < diff.unexplained_count;
    let strange = artifact
        .files()
        .filter(|(name, bytes)| (cut || open(name)) && !known.contains(&digest(bytes)))
        .map(|(name, _)| name.to_owned());
    let mut strange: Vec<String> = strange.collect();
    strange.sort_by_key(|name| name.ends_with("/RECORD"));
    strange.into_iter().next()
}
