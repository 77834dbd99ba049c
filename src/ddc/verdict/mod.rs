//! From what the stages gave to what may be said. No run is made here, so every verdict can be tested by itself.

use super::failure::Failure;
use crate::model::{DdcVerdict, ToolchainVerdict};

/// Whether the subject came out again when its parent compiled the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regeneration {
    /// Each time, the same bytes.
    Same,
    /// The spec does not ask for it.
    NotAsked,
    /// The same other bytes each time.
    Differs,
    /// Other bytes each time.
    Unstable,
    /// The parent did not compile it.
    Failed(String),
}

impl Regeneration {
    /// From the subject and what came of each attempt: whether it is the subject, or why there is nothing.
    pub fn of<T: PartialEq>(subject: &T, attempts: &[Result<T, Failure>]) -> Self {
        let mut made = Vec::new();
        for attempt in attempts {
            match attempt {
                Ok(set) => made.push(set),
                Err(why) => return Regeneration::Failed(why.to_string()),
            }
        }
        match made.as_slice() {
            [] => Regeneration::NotAsked,
            [first, rest @ ..] if rest.iter().any(|other| other != first) => Regeneration::Unstable,
            [first, ..] if *first != subject => Regeneration::Differs,
            _ => Regeneration::Same,
        }
    }

    /// In one line.
    pub fn words(&self) -> Option<String> {
        Some(match self {
            Regeneration::NotAsked => return None,
            Regeneration::Same => "c_A came out again, twice, the same bytes under perturbation".to_owned(),
            Regeneration::Differs => {
                "c_A did not come out again: its parent makes the same other bytes of the source each time".to_owned()
            }
            Regeneration::Unstable => "c_A did not come out again: its parent makes other bytes each time".to_owned(),
            Regeneration::Failed(why) => {
                format!("c_A did not come out again: {}", why.lines().next().unwrap_or_default())
            }
        })
    }
}

/// What was found out about one toolchain. What was not needed is `None`.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// It is of the subject's lineage.
    pub(crate) own_lineage: bool,
    /// Stage 1 failed: why.
    pub(crate) stage1_failed: Option<String>,
    /// Stage 1 is the subject already.
    pub(crate) stage1_is_subject: bool,
    /// Stage 2 failed: why.
    pub(crate) stage2_failed: Option<String>,
    /// Stage 2 came out again under perturbation.
    pub repeated: bool,
    /// Stage 2 is the subject.
    pub(crate) stage2_is_subject: bool,
    /// But for what the spec allows.
    pub normalised: Option<Vec<String>>,
    /// Stage 3 is the subject; `None` if it failed.
    pub(crate) stage3_is_subject: Option<bool>,
    /// Stage 3 is stage 2.
    pub(crate) stage3_is_stage2: bool,
}

/// What one toolchain says, and why.
pub fn toolchain(facts: &Facts, regeneration: &Regeneration) -> (ToolchainVerdict, String) {
    use ToolchainVerdict as V;
    let first = |why: &String| why.lines().next().unwrap_or_default().to_owned();
    if facts.own_lineage {
        return (
            V::Invalid,
            "it is of the subject's own lineage: no diversity is shown".to_owned(),
        );
    }
    if let Some(why) = &facts.stage1_failed {
        return (
            V::CannotCompile,
            format!("it does not compile the source: {}", first(why)),
        );
    }
    if facts.stage1_is_subject {
        return (
            V::Invalid,
            "its stage 1 is c_A already: no diversity is shown".to_owned(),
        );
    }
    if let Some(why) = &facts.stage2_failed {
        let why = format!("the compiler that it made does not compile the source: {}", first(why));
        return (V::Stage2Crashed, why);
    }
    if !facts.repeated {
        // What varies then comes from the stage-1 program alone: what c_A's source makes of itself is c_A each time.
        let noise = !facts.stage2_is_subject && facts.stage3_is_subject == Some(true);
        return match noise && *regeneration == Regeneration::Same {
            true => (
                V::ConvergesAtStage3,
                "stage 2 is not c_A and varies from run to run, stage 3 is c_A".to_owned(),
            ),
            false => (
                V::Nondeterministic,
                "stage 2 came out otherwise when it was repeated under perturbation".to_owned(),
            ),
        };
    }
    if facts.stage2_is_subject {
        return (V::Identical, "stage 2 is c_A, bit for bit".to_owned());
    }
    if let Some(what) = &facts.normalised {
        let why = format!("stage 2 is c_A but for {}", what.join(", "));
        return (V::IdenticalAfterNormalising, why);
    }
    match regeneration {
        Regeneration::Unstable => {
            return (
                V::Nondeterministic,
                "c_A itself does not come out twice, so stage 2 can't be it".to_owned(),
            );
        }
        Regeneration::Differs | Regeneration::Failed(_) => {
            return (
                V::RegenerationFailed,
                "stage 2 is not c_A; nor is what c_A's own parent makes".to_owned(),
            );
        }
        Regeneration::Same | Regeneration::NotAsked => {}
    }
    match facts.stage3_is_subject {
        Some(true) => (V::ConvergesAtStage3, "stage 2 is not c_A, stage 3 is".to_owned()),
        Some(false) if facts.stage3_is_stage2 => (
            V::Differs,
            "stage 2 is not c_A, and makes itself of the source: a stable other compiler".to_owned(),
        ),
        Some(false) => (V::Differs, "neither stage 2 nor stage 3 is c_A".to_owned()),
        None => (
            V::Differs,
            "stage 2 is not c_A, and does not compile the source".to_owned(),
        ),
    }
}

/// What was found out about one link of a chain, by way of one toolchain.
#[derive(Clone, Debug, Default)]
pub struct LinkFacts<'f> {
    /// Name of the generation.
    pub(crate) name: &'f str,
    /// The toolchain is of the chain's lineage.
    pub(crate) own_lineage: bool,
    /// The generation, up to this one, that could not be made, and why.
    pub(crate) failed: Option<(String, String)>,
    /// What the toolchain begins with is the chain's own beginning.
    pub(crate) one_chain: bool,
    /// It came out again under perturbation.
    pub(crate) repeated: bool,
    /// It is what is claimed.
    pub(crate) is_claimed: bool,
    /// But for what the spec allows.
    pub(crate) normalised: Option<Vec<String>>,
}

/// What one link says, and why.
pub fn link(facts: &LinkFacts<'_>, regeneration: &Regeneration) -> (ToolchainVerdict, String) {
    use ToolchainVerdict as V;
    let name = facts.name;
    if facts.own_lineage {
        return (
            V::Invalid,
            "it is of the subject's own lineage: no diversity is shown".to_owned(),
        );
    }
    if let Some((generation, why)) = &facts.failed {
        return (V::CannotCompile, format!("{generation} could not be made: {why}"));
    }
    if facts.one_chain {
        let why = "its chain begins as the one that is claimed: no diversity is shown";
        return (V::Invalid, why.to_owned());
    }
    if !facts.repeated {
        let why = format!("{name} came out otherwise when it was repeated under perturbation");
        return (V::Nondeterministic, why);
    }
    if facts.is_claimed {
        return (V::Identical, format!("{name} is what its source gives, bit for bit"));
    }
    if let Some(what) = &facts.normalised {
        let why = format!("{name} is what its source gives but for {}", what.join(", "));
        return (V::IdenticalAfterNormalising, why);
    }
    match regeneration {
        Regeneration::Unstable => (
            V::Nondeterministic,
            format!("{name} itself does not come out twice, so nothing can be it"),
        ),
        Regeneration::Differs | Regeneration::Failed(_) => (
            V::RegenerationFailed,
            format!("{name} is not what its source gives, nor what the generation before makes of it"),
        ),
        Regeneration::Same | Regeneration::NotAsked => (V::Differs, format!("{name} is not what its source gives")),
    }
}

/// What all of them say together. `optional` toolchains without a result don't count.
pub(crate) fn overall(verdicts: &[(ToolchainVerdict, bool)], lineages: usize, needed: usize) -> (DdcVerdict, String) {
    use ToolchainVerdict as V;
    let count = |wanted: &[V]| verdicts.iter().filter(|(verdict, _)| wanted.contains(verdict)).count();
    let toolchains = |n: usize| {
        if n == 1 {
            "1 toolchain".to_owned()
        } else {
            format!("{n} toolchains")
        }
    };
    let differ = count(&[V::Differs, V::ConvergesAtStage3]);
    if differ > 0 {
        return (
            DdcVerdict::Mismatch,
            format!("{} of {} differ", differ, toolchains(verdicts.len())),
        );
    }
    let unstable = count(&[V::Nondeterministic]);
    if unstable > 0 {
        return (
            DdcVerdict::NotDeterministic,
            format!("with {} the same inputs gave other bytes", toolchains(unstable)),
        );
    }
    let regeneration = count(&[V::RegenerationFailed]);
    if regeneration > 0 {
        return (
            DdcVerdict::Failed,
            "c_A can't be regenerated, so its inputs are not those of the spec".to_owned(),
        );
    }
    let no_evidence = |(verdict, optional): &&(V, bool)| {
        !optional && matches!(verdict, V::CannotCompile | V::Stage2Crashed | V::Invalid)
    };
    let without = verdicts.iter().filter(no_evidence).count();
    if without > 0 {
        return (DdcVerdict::Failed, format!("{} gave no evidence", toolchains(without)));
    }
    if lineages < needed {
        return (
            DdcVerdict::Failed,
            format!(
                "{lineages} distinct {} gave a result, the spec asks for {needed}",
                lineage(lineages)
            ),
        );
    }
    let normalised = count(&[V::IdenticalAfterNormalising]);
    let agreeing = toolchains(count(&[V::Identical, V::IdenticalAfterNormalising]));
    let agree = format!("{agreeing} of {lineages} distinct {}", lineage(lineages));
    match (normalised, count(&[V::Identical])) {
        (0, 0) => (DdcVerdict::Failed, "no toolchain gave a result".to_owned()),
        (0, _) => (DdcVerdict::Match, agree),
        _ => (DdcVerdict::MatchAfterNormalising, agree),
    }
}

fn lineage(count: usize) -> &'static str {
    if count == 1 { "lineage" } else { "lineages" }
}

#[cfg(test)]
mod tests;
