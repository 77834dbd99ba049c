//! What is known of a run, since we made its environment: a record that says by what two runs may differ.

use super::{environment::Environment, machine::Machine, record};
use crate::{
    model::Record,
    record::{Told, variables},
};
use std::collections::BTreeMap;

/// What a build in an environment is told of this machine; what the machine's means can't pin is left out.
pub(super) fn told(environment: &Environment, machine: &Machine) -> Told {
    let means = &machine.means;
    let asked = means.interposition;
    let user = means.mounts || asked;
    let host = means.uts || asked;
    let kernel = environment.kernel.as_ref().filter(|_| asked);
    let text = |text: &str, known: bool| (known && !text.is_empty()).then(|| text.to_owned());
    Told {
        clock: asked.then_some((environment.clock.seconds, environment.clock.seconds)),
        written: asked.then_some(environment.written.seconds),
        source_time: Some(environment.source_time),
        build_path: text(&environment.build_path, true),
        hostname: text(&environment.hostname, host),
        domainname: text(&environment.domainname, host),
        uid: user.then_some(environment.user.uid),
        gid: user.then_some(environment.user.gid),
        user: text(&environment.user.name, user),
        group: text(&environment.user.group, user),
        gecos: text(&environment.user.gecos, user),
        kernel_release: text(kernel.map_or(&machine.release, |kernel| &kernel.release), true),
        kernel_version: kernel.and_then(|kernel| text(&kernel.version, true)),
        processors: Some(environment.processors),
        jobs: Some(environment.jobs),
        cpu_model: environment.cpu_model.clone(),
        umask: Some(environment.umask),
        first_pid: asked.then_some(environment.first_pid),
    }
}

/// The record of a run. Values of secrets are not in it, for it is reported which values were found.
pub(crate) fn record(environment: &Environment, machine: &Machine, secrets: &BTreeMap<String, String>) -> Record {
    let (all, _) = record::without_secrets(environment.variables(), secrets);
    let mut facts = told(environment, machine).facts(str::to_owned);
    facts.extend(variables(&all, str::to_owned));
    Record {
        whose: "environment that repro made".to_owned(),
        facts,
        made: Vec::new(),
    }
}
