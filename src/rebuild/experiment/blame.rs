//! What a culprit does: other bytes, where they begin, and what they tell.

use super::{
    compare::{self, Control},
    first, keep,
    lab::{Halt, Lab},
    telling,
};
use crate::{
    model::{Effect, Guilty, RunOutcome},
    rebuild::{
        ALL, advice,
        search::{Culprit, Outcome, Set},
    },
};
use std::collections::BTreeMap;

/// What a culprit does, as the run that varied nothing else shows it.
pub(super) fn blame(
    lab: &Lab<'_>,
    control: &Control,
    names: &[String],
    ids: &BTreeMap<Set, usize>,
    culprit: &Culprit,
) -> Result<Option<Guilty>, Halt> {
    let Some(only) = ids.get(&culprit.set).copied() else {
        return Ok(None);
    };
    let (Some(base), Some(run)) = (lab.made.get(&control.id), lab.made.get(&only)) else {
        return Ok(None);
    };
    let variations: Vec<String> = culprit.set.iter().filter_map(|v| names.get(*v)).cloned().collect();
    let mut guilty = Guilty {
        effect: match run.result.outcome {
            RunOutcome::Built => Effect::Differs,
            RunOutcome::Failed => Effect::Fails,
            RunOutcome::Hung => Effect::Hangs,
        },
        only,
        all_but: culprit.all_but.as_ref().and_then(|set| ids.get(set)).copied(),
        artifacts: Vec::new(),
        findings: Vec::new(),
        unexplained: Vec::new(),
        layouts: Vec::new(),
        captured: Vec::new(),
        mixed: Vec::new(),
        first: None,
        fixes: Vec::new(),
        advice: advice::of(&variations, base.result.trace.as_ref(), &lab.build.source),
        variations,
    };
    if culprit.outcome == Outcome::Differs {
        guilty.artifacts = control.differing(&run.result);
        let mut explained = compare::explain(base, run, &guilty.artifacts, lab.build.details);
        if let [name] = &guilty.variations[..] {
            telling::name_causes(&mut explained, name, &lab.runner.tellings(name));
            if name == "env" {
                telling::name_captures(&mut explained, &lab.runner.changes(name));
            }
        }
        (guilty.findings, guilty.unexplained) = (explained.findings, explained.unexplained);
        guilty.layouts = explained.layouts;
        let written = control.written(&base.result, &run.result);
        guilty.first = first::first(&written, &guilty.artifacts, base, run);
        keep::keep(
            lab.build,
            &base.folder,
            Some(&guilty.artifacts),
            &["control".to_owned()],
        )?;
        let varied = match lab.build.quick {
            true => vec![ALL.to_owned()],
            false => guilty.variations.clone(),
        };
        keep::keep(lab.build, &run.folder, Some(&guilty.artifacts), &varied)?;
    }
    Ok(Some(guilty))
}
