//! What a verdict proves and what not, in words that can be quoted.

use super::verdict::Regeneration;
use crate::model::{DdcMode, DdcReport, DdcVerdict, ToolchainVerdict};

/// Fills in what is proved, what is not, and what to try.
pub fn all(report: &mut DdcReport, regeneration: &Regeneration) {
    report.proves = proves(report);
    report.does_not_prove = does_not_prove(report);
    report.advice = advice(report, regeneration);
}

/// Ids of the toolchains with one of these verdicts.
fn ids(report: &DdcReport, wanted: &[ToolchainVerdict]) -> String {
    let all: Vec<&str> = report
        .toolchains
        .iter()
        .filter(|toolchain| wanted.contains(&toolchain.verdict))
        .map(|toolchain| toolchain.id.as_str())
        .collect();
    match all.as_slice() {
        [] => "no toolchain".to_owned(),
        [one] => (*one).to_owned(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}

fn proves(report: &DdcReport) -> String {
    use ToolchainVerdict as V;
    let same = ids(report, &[V::Identical, V::IdenticalAfterNormalising]);
    match (report.mode, report.verdict) {
        (DdcMode::Ddc, DdcVerdict::Match) => format!(
            "c_A corresponds to s_A: it does what its source says and nothing else, if at least one of {same} compiled this \
             one source correctly and does not carry the same attack as c_A."
        ),
        (DdcMode::Ddc, DdcVerdict::MatchAfterNormalising) => format!(
            "The code and data of c_A that are loaded correspond to s_A, if at least one of {same} compiled this one source \
             correctly and does not carry the same attack as c_A. What is not loaded ({}) was left out of the comparison \
             where the spec allows it.",
            report.normalised.join(", ")
        ),
        (DdcMode::Ddc, DdcVerdict::Mismatch) => mismatch(report),
        (DdcMode::Agree, DdcVerdict::Match) => {
            format!("{same} make the same bytes of this source. For an attack to be in these bytes, all would have to carry it.")
        }
        (DdcMode::Agree, DdcVerdict::MatchAfterNormalising) => format!(
            "{same} make the same bytes of this source but for {}. For an attack to be in what is loaded, all would have to \
             carry it.",
            report.normalised.join(", ")
        ),
        (DdcMode::Agree, DdcVerdict::Mismatch) => {
            "That the toolchains make different bytes of this source, repeatably. Compilers of independent lineage \
             usually do; it is not a sign of an attack by itself."
                .to_owned()
        }
        (DdcMode::Behaviour, DdcVerdict::Match) => {
            format!("The programs that {same} make did the same in every run that was asked for.")
        }
        (DdcMode::Behaviour, DdcVerdict::Mismatch) => {
            "That the programs did not do the same: one of the toolchains is wrong, or the source means different things to \
             different compilers."
                .to_owned()
        }
        (_, DdcVerdict::NotDeterministic) => {
            "Nothing about an attack: the same inputs gave other bytes the second time, so equality can't be expected, and was \
             not tested."
                .to_owned()
        }
        _ => format!("Nothing: {}.", report.reason),
    }
}

fn mismatch(report: &DdcReport) -> String {
    use ToolchainVerdict as V;
    let converge = ids(report, &[V::ConvergesAtStage3]);
    let differ = ids(report, &[V::Differs]);
    let mut said = vec![format!(
        "That an assumption does not hold: c_A is not what its source gives by way of these toolchains{}.",
        if repeatable(report) {
            ", though every run was repeatable"
        } else {
            ""
        }
    )];
    if converge != "no toolchain" {
        said.push(format!(
            "By way of {converge} it is c_A one stage later. So what differs came from the code that the trusted compiler made, \
             not from c_A: suspect unportable source or uninitialised bytes."
        ));
    }
    if differ != "no toolchain" {
        said.push(format!(
            "By way of {differ} it stays apart. A compiler that carries what its source does not show looks like this; so does a \
             property of the trusted compiler that is handed on, or an input that is not the one c_A was made of."
        ));
    }
    said.join(" ")
}

/// Whether each stage 2 came out again.
fn repeatable(report: &DdcReport) -> bool {
    let digest = |id: &str, what: &str| {
        let name = format!("{id}/{what}");
        report
            .stages
            .iter()
            .find(|stage| stage.name == name)
            .map(|stage| &stage.sha256)
    };
    report
        .toolchains
        .iter()
        .all(|toolchain| digest(&toolchain.id, "stage2") == digest(&toolchain.id, "stage2-again"))
}

fn does_not_prove(report: &DdcReport) -> String {
    let mut said = Vec::new();
    match (report.mode, report.verdict) {
        (DdcMode::Ddc, _) => {
            said.push("Not covered: malice in s_A itself.".to_owned());
            if matches!(report.verdict, DdcVerdict::Match | DdcVerdict::MatchAfterNormalising) {
                said.push(
                    "Not covered: a trusted compiler that carries the same attack as c_A, by collusion or common descent. The \
                     lineages are those that the spec claims."
                        .to_owned(),
                );
            } else {
                said.push("A mismatch by itself does not prove an attack.".to_owned());
            }
            if report.toolchains.iter().any(|t| t.verdict == ToolchainVerdict::Invalid) {
                said.push(
                    "A toolchain whose stage 1 is c_A already says nothing: it may be c_A, or carry what c_A carries."
                        .to_owned(),
                );
            }
        }
        (DdcMode::Agree, _) => {
            said.push("This is not diverse double-compiling: nothing is said of the compilers themselves.".to_owned());
            said.push("Not covered: malice in the source.".to_owned());
        }
        (DdcMode::Behaviour, _) => {
            said.push("Only the runs that the spec names were made; the programs may differ in any other.".to_owned());
            said.push("Nothing is said of the programs' bytes, nor of the compilers.".to_owned());
        }
    }
    said.push(format!(
        "Not covered: what all of the toolchains share in this run: {}.",
        shared(report)
    ));
    if report.classes.len() > 1 {
        said.push("How many toolchains are on one side proves nothing.".to_owned());
    }
    said.join(" ")
}

/// Bytes that are what fresh memory was filled with.
pub(crate) fn unwritten(differ: usize, filling: usize) -> String {
    format!(
        "{filling} of the {differ} bytes that differ are what fresh memory was filled with (MALLOC_PERTURB_), another byte in each \
         run: memory that nobody wrote. Clear it where it is allocated (calloc, memset)."
    )
}

/// Files that every toolchain that gave something has opened, in a line.
pub fn shared(report: &DdcReport) -> String {
    let gave: Vec<&str> = report
        .toolchains
        .iter()
        .map(|toolchain| toolchain.id.as_str())
        .filter(|id| {
            report
                .stages
                .iter()
                .any(|stage| stage.sha256.is_some() && stage.name.split('/').next() == Some(id))
        })
        .collect();
    let mut said = vec![format!("the kernel ({})", report.kernel)];
    if report.inputs.is_empty() {
        said.push("what else is not known, for opened files can't be traced on this machine".to_owned());
        return said.join("; ");
    }
    let roles: [(&str, &str); 7] = [
        ("assembler", "assembler"),
        ("linker", "linker"),
        ("program", "programs"),
        ("libc", "C library"),
        ("crt", "start files"),
        ("library", "libraries"),
        ("header", "headers"),
    ];
    for (role, name) in roles {
        let all: Vec<&str> = report
            .inputs
            .iter()
            .filter(|input| input.role == role && gave.iter().all(|id| input.used_by.iter().any(|who| who == id)))
            .map(|input| input.path.as_str())
            .collect();
        match all.as_slice() {
            [] => {}
            few if few.len() <= 4 => said.push(format!("{name} ({})", few.join(", "))),
            many => said.push(format!("{name} ({}, {} and {} more)", many[0], many[1], many.len() - 2)),
        }
    }
    said.join("; ")
}

fn advice(report: &DdcReport, regeneration: &Regeneration) -> Vec<String> {
    use ToolchainVerdict as V;
    let mut all: Vec<&str> = Vec::new();
    let any = |wanted: V| report.toolchains.iter().any(|toolchain| toolchain.verdict == wanted);
    if matches!(regeneration, Regeneration::Differs | Regeneration::Failed(_)) {
        all.push(
            "Find the inputs that c_A was made of: source (patches, generated files, how paths are spelled), flags, headers, \
             parent. Until c_A comes out again, a mismatch says nothing.",
        );
    }
    if any(V::Nondeterministic) {
        all.push(
            "Look at the bytes that differ between two runs: memory that was never written, addresses, time, process ids, random \
             numbers, order of directories. Run the compiler under valgrind or -fsanitize=memory.",
        );
    }
    if any(V::ConvergesAtStage3) {
        all.push(
            "Look for what the source leaves to its compiler: padding (the 6 bytes behind an 80-bit long double), uninitialised \
             variables, signedness of char, order of evaluation, size of int. Build stage 1 with -fsanitize=undefined.",
        );
    }
    if any(V::Differs) {
        all.push(
            "Read the functions that differ, in c_A's object and in stage 2's. What only c_A has, and its source does not, is an \
             attack until it is explained; what depends on the toolchain (a recorded path, a version, a macro that only one \
             defines) is a leak to close in the source.",
        );
    }
    let large = report.classes.iter().filter(|class| class.lineages.len() > 1).count();
    if report.mode == DdcMode::Ddc && large > 1 {
        all.push(
            "Two classes of several lineages each: usually a property of the trusted compiler leaks into what it makes. Try other \
             flags (-fsigned-char, -ffp-contract=off, -fexcess-precision=standard), another libc, or add a toolchain that shares \
             that property with one class only.",
        );
    }
    if any(V::CannotCompile) {
        all.push(
            "Read what the toolchain printed; give it the flags that the source needs, or mark it `optional = true`.",
        );
    }
    if any(V::Stage2Crashed) {
        all.push(
            "The source means something else to this toolchain than to the others: compare -fsigned-char and -funsigned-char, \
             optimisation levels, -fno-strict-aliasing, and build stage 1 with -fsanitize=address,undefined.",
        );
    }
    if any(V::Invalid) {
        all.push("Use a compiler of another lineage: one that does not descend from the subject.");
    }
    all.into_iter().map(str::to_owned).collect()
}
