//! A compiler that is not what its source gives, and one that is.

use super::{TOOL, digest, names};
use crate::model::*;

fn toolchain(id: &str, front_end: &str, verdict: ToolchainVerdict, why: &str) -> DdcToolchain {
    DdcToolchain {
        id: id.to_owned(),
        command: format!("/usr/bin/{id} -O1"),
        program: format!("/usr/bin/{id}"),
        sha256: digest('a'),
        lineage: Lineage {
            front_end: front_end.to_owned(),
            assembler: Some("gas".to_owned()),
            ..Lineage::default()
        },
        verdict,
        why: why.to_owned(),
        optional: false,
    }
}

fn stage(name: &str, made: Option<char>) -> DdcStage {
    DdcStage {
        name: name.to_owned(),
        compiler: "cc -o tiny tiny.c".to_owned(),
        source: digest('5'),
        artifact: "tiny".to_owned(),
        sha256: made.map(digest),
        size: 16_384,
        cpu_seconds: 0.5,
        files: made
            .map(|digit| ("tiny".to_owned(), digest(digit)))
            .into_iter()
            .collect(),
        perturbed: Vec::new(),
        same_run_as: None,
        kept: false,
        why: made.is_none().then(|| "exit status 1".to_owned()),
    }
}

fn stages(id: &str, made: [char; 4]) -> impl Iterator<Item = DdcStage> {
    let all = ["stage1", "stage2", "stage2-again", "stage3"];
    all.into_iter()
        .zip(made)
        .map(move |(what, digit)| stage(&format!("{id}/{what}"), Some(digit)))
}

fn class(digit: char, toolchains: &str, lineages: &str, subject: bool) -> DdcClass {
    DdcClass {
        sha256: digest(digit),
        toolchains: names(toolchains),
        lineages: names(lineages),
        subject,
    }
}

fn changed() -> Changed {
    let lines = |middle: &[&str]| {
        let all = ["push %rbx"].iter().chain(middle).chain(&["pop %rbx", "ret"]);
        all.map(|line| (*line).to_owned()).collect()
    };
    Changed {
        name: "compile_login".to_owned(),
        section: ".text".to_owned(),
        size_a: 12,
        size_b: 31,
        lines_before: 4,
        a: lines(&["call check"]),
        b: lines(&["call backdoor", "test %eax,%eax", "call check"]),
        lines_after_a: 2,
        lines_after_b: 2,
        ..Changed::default()
    }
}

fn localised() -> DdcLocalisation {
    let listed = |added: &str| Listed {
        added: names(added),
        ..Listed::default()
    };
    let code = Localised {
        name: "tiny.o".to_owned(),
        first_byte: Some(64),
        size_a: 4096,
        size_b: 4224,
        functions_compared: 7,
        functions: listed("backdoor"),
        changed_functions: vec![changed()],
        imports: listed("strcmp"),
        sections: vec![SectionDifference {
            name: ".text".to_owned(),
            size_a: Some(512),
            size_b: Some(640),
            what: names("content"),
            named: true,
        }],
        ..Localised::default()
    };
    DdcLocalisation {
        toolchain: "gcc-12".to_owned(),
        a: "stage 2".to_owned(),
        b: "c_A".to_owned(),
        units: 3,
        failed: vec!["asm.s: it is no C".to_owned()],
        differ: vec![code],
        ..DdcLocalisation::default()
    }
}

fn place() -> Place {
    Place {
        address: ".text/compile_login".to_owned(),
        format: "elf",
        container: 0,
        rank: 0,
        summary: "code differs".to_owned(),
        a: "call check".to_owned(),
        b: "call backdoor".to_owned(),
        marks: [vec![(5, 10)], vec![(5, 13)]],
        spans: vec![SideSpan {
            side: 'a',
            offset: 4160,
            length: 5,
        }],
        excerpt: None,
    }
}

/// Two lineages give the compiler under test, bit for bit.
pub(super) fn agreed() -> DdcReport {
    use ToolchainVerdict::Identical;
    let one = |id, front_end| toolchain(id, front_end, Identical, "stage 2 is c_A, bit for bit");
    let made = ["gcc-12", "clang-14"].map(|id| stages(id, ['1', '9', '9', '9']));
    DdcReport {
        schema_version: 1,
        tool: TOOL,
        mode: DdcMode::Ddc,
        claim: "tiny corresponds to its source".to_owned(),
        verdict: DdcVerdict::Match,
        reason: "2 toolchains of 2 distinct lineages".to_owned(),
        proves: "c_A corresponds to s_A, if at least one of gcc-12 and clang-14 compiled this one source correctly."
            .to_owned(),
        does_not_prove: "Not covered: malice in s_A itself.".to_owned(),
        advice: Vec::new(),
        subject: Some(digest('9')),
        subject_files: [("tiny".to_owned(), digest('9'))].into(),
        regeneration: Some("it came out again, twice".to_owned()),
        generations: Vec::new(),
        breaks_at: None,
        toolchains: vec![one("gcc-12", "gcc"), one("clang-14", "clang")],
        stages: made.into_iter().flatten().collect(),
        normalised: Vec::new(),
        agreement: vec![names("gcc-12 clang-14")],
        classes: vec![class('9', "gcc-12 clang-14", "clang gcc", true)],
        differs_at: Vec::new(),
        localised: Vec::new(),
        behaviour: Vec::new(),
        source: digest('5'),
        kernel: "Linux 6.1".to_owned(),
        inputs: vec![DdcInput {
            role: "linker",
            path: "/usr/bin/ld".to_owned(),
            sha256: digest('d'),
            used_by: names("gcc-12 subject"),
        }],
    }
}

/// One lineage gives something else, one does so at first, one gives nothing.
pub(super) fn mismatch() -> DdcReport {
    use ToolchainVerdict::{CannotCompile, ConvergesAtStage3, Differs};
    let mut report = agreed();
    report.verdict = DdcVerdict::Mismatch;
    report.reason = "no toolchain gives c_A".to_owned();
    report.proves =
        "That an assumption does not hold: c_A is not what its source gives by way of these toolchains.".to_owned();
    report.advice = vec!["look at compile_login, which differs".to_owned()];
    report.toolchains = vec![
        toolchain("gcc-12", "gcc", Differs, "stage 2 and stage 3 are not c_A"),
        toolchain(
            "clang-14",
            "clang",
            ConvergesAtStage3,
            "stage 2 is another compiler, stage 3 is c_A",
        ),
        toolchain(
            "pcc",
            "pcc",
            CannotCompile,
            "exit status 1: tiny.c, line 3: <syntax> error",
        ),
    ];
    report.stages = stages("gcc-12", ['1', '2', '2', '2']).collect();
    report.stages.extend(stages("clang-14", ['3', '4', '4', '9']));
    report.stages.push(stage("pcc/stage1", None));
    report.agreement = vec![names("gcc-12"), names("clang-14")];
    report.classes = vec![
        class('9', "clang-14", "clang", true),
        class('2', "gcc-12", "gcc", false),
    ];
    report.differs_at = vec![DiffersAt::Place(Box::new(place()))];
    report.localised = vec![localised()];
    report.behaviour = vec![BehaviourDifference {
        run: "tiny --version".to_owned(),
        what: "standard output".to_owned(),
        a: ["gcc-12", "\"tiny 1\\n\""].map(str::to_owned),
        b: ["clang-14", "\"tiny 2\\n\""].map(str::to_owned),
    }];
    report
}
