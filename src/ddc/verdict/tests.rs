//! Each verdict from its facts.

use super::*;
use ToolchainVerdict as V;

/// Stage 2 is not the subject, nor is stage 3; everything was repeatable.
fn apart() -> Facts {
    Facts {
        repeated: true,
        stage3_is_subject: Some(false),
        ..Facts::default()
    }
}

fn says(change: impl FnOnce(&mut Facts), regeneration: &Regeneration) -> V {
    let mut facts = apart();
    change(&mut facts);
    toolchain(&facts, regeneration).0
}

#[test]
fn each_verdict_has_its_facts() {
    let same = Regeneration::Same;
    assert_eq!(says(|_| {}, &same), V::Differs);
    assert_eq!(says(|f| f.stage3_is_subject = Some(true), &same), V::ConvergesAtStage3);
    assert_eq!(says(|f| f.stage2_is_subject = true, &same), V::Identical);
    assert_eq!(
        says(|f| f.normalised = Some(vec![".comment".into()]), &same),
        V::IdenticalAfterNormalising
    );
    assert_eq!(says(|f| f.repeated = false, &same), V::Nondeterministic);
    assert_eq!(says(|f| f.stage2_failed = Some("x".into()), &same), V::Stage2Crashed);
    assert_eq!(says(|f| f.stage1_failed = Some("x".into()), &same), V::CannotCompile);
    assert_eq!(says(|f| f.stage1_is_subject = true, &same), V::Invalid);
    assert_eq!(says(|f| f.own_lineage = true, &same), V::Invalid);
    assert_eq!(says(|_| {}, &Regeneration::Unstable), V::Nondeterministic);
    assert_eq!(says(|_| {}, &Regeneration::Differs), V::RegenerationFailed);
    assert_eq!(
        says(|f| f.stage3_is_subject = Some(true), &Regeneration::Differs),
        V::RegenerationFailed
    );
    // Stage 2 is c_A: that stands, whatever c_A's parent does.
    assert_eq!(
        says(|f| f.stage2_is_subject = true, &Regeneration::Differs),
        V::Identical
    );
    // A stage 2 that can't be repeated was equal by chance.
    let by_chance = |f: &mut Facts| (f.stage2_is_subject, f.repeated, f.stage3_is_subject) = (true, false, Some(true));
    assert_eq!(says(by_chance, &same), V::Nondeterministic);
    // Noise of the stage-1 program that is gone in stage 3.
    let noise = |f: &mut Facts| (f.repeated, f.stage3_is_subject) = (false, Some(true));
    assert_eq!(says(noise, &same), V::ConvergesAtStage3);
    assert_eq!(says(noise, &Regeneration::Unstable), V::Nondeterministic);
}

#[test]
fn regeneration_is_judged_by_all_attempts() {
    let of = |attempts: &[Result<u8, Failure>]| Regeneration::of(&1, attempts);
    assert_eq!(of(&[]), Regeneration::NotAsked);
    assert_eq!(of(&[Ok(1), Ok(1)]), Regeneration::Same);
    assert_eq!(of(&[Ok(2), Ok(2)]), Regeneration::Differs);
    assert_eq!(of(&[Ok(1), Ok(2)]), Regeneration::Unstable);
    assert_eq!(of(&[Ok(1), Err(Failure::new("x"))]), Regeneration::Failed("x".into()));
}

#[test]
fn the_whole_is_no_better_than_its_worst_part() {
    let all = |verdicts: &[V]| {
        let verdicts: Vec<_> = verdicts.iter().map(|verdict| (*verdict, false)).collect();
        overall(&verdicts, 2, 1).0
    };
    assert_eq!(all(&[V::Identical, V::Identical]), DdcVerdict::Match);
    assert_eq!(
        all(&[V::Identical, V::IdenticalAfterNormalising]),
        DdcVerdict::MatchAfterNormalising
    );
    assert_eq!(
        all(&[V::Identical, V::Differs, V::Nondeterministic]),
        DdcVerdict::Mismatch
    );
    assert_eq!(all(&[V::Identical, V::ConvergesAtStage3]), DdcVerdict::Mismatch);
    assert_eq!(all(&[V::Identical, V::Nondeterministic]), DdcVerdict::NotDeterministic);
    assert_eq!(all(&[V::Identical, V::RegenerationFailed]), DdcVerdict::Failed);
    assert_eq!(all(&[V::Identical, V::CannotCompile]), DdcVerdict::Failed);
    assert_eq!(
        overall(&[(V::Identical, false), (V::CannotCompile, true)], 1, 1).0,
        DdcVerdict::Match
    );
    assert_eq!(overall(&[(V::CannotCompile, true)], 0, 1).0, DdcVerdict::Failed);
    assert_eq!(overall(&[(V::Identical, false)], 1, 2).0, DdcVerdict::Failed);
}

#[test]
fn each_link_has_its_verdict() {
    let says = |change: fn(&mut LinkFacts<'_>), regeneration: &Regeneration| {
        let mut facts = LinkFacts {
            name: "c_2",
            repeated: true,
            ..LinkFacts::default()
        };
        change(&mut facts);
        link(&facts, regeneration).0
    };
    let same = Regeneration::Same;
    assert_eq!(says(|_| {}, &same), V::Differs);
    assert_eq!(says(|f| f.is_claimed = true, &same), V::Identical);
    // It is what its source gives: that stands, whatever its parent does.
    assert_eq!(says(|f| f.is_claimed = true, &Regeneration::Differs), V::Identical);
    assert_eq!(says(|_| {}, &Regeneration::Differs), V::RegenerationFailed);
    assert_eq!(says(|_| {}, &Regeneration::Unstable), V::Nondeterministic);
    let normal = |f: &mut LinkFacts<'_>| f.normalised = Some(vec![".comment".to_owned()]);
    assert_eq!(says(normal, &same), V::IdenticalAfterNormalising);
    // What is equal by chance, by descent, or not at all.
    let by_chance = |f: &mut LinkFacts<'_>| (f.is_claimed, f.repeated) = (true, false);
    assert_eq!(says(by_chance, &same), V::Nondeterministic);
    let one = |f: &mut LinkFacts<'_>| (f.is_claimed, f.one_chain) = (true, true);
    assert_eq!(says(one, &same), V::Invalid);
    let own = |f: &mut LinkFacts<'_>| (f.is_claimed, f.own_lineage) = (true, true);
    assert_eq!(says(own, &same), V::Invalid);
    let failed = |f: &mut LinkFacts<'_>| f.failed = Some(("c_1".to_owned(), "exit status 1".to_owned()));
    assert_eq!(says(failed, &same), V::CannotCompile);
}
