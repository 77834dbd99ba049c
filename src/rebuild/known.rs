//! What is known of a run, since we made its environment: a record that says by what two runs may differ.

use super::{environment::Environment, machine::Machine, record};
use crate::{
    model::Record,
    record::{Told, variables},
};
use std::collections::BTreeMap;

/// What a build in an environment is told of this machine; what the machine's means can't pin is left out. `ran`: when it really ran, if that is known.
pub(super) fn told(environment: &Environment, machine: &Machine, ran: Option<(i64, i64)>) -> Told {
    let means = &machine.means;
    // A worker has times, folders and processors of its own.
    let here = !machine.remote;
    let asked = means.interposition;
    let user = means.mounts || asked;
    let host = means.uts || asked;
    let kernel = environment.kernel.as_ref().filter(|_| asked);
    let text = |text: &str, known: bool| (known && !text.is_empty()).then(|| text.to_owned());
    Told {
        clock: match asked {
            true => Some((environment.clock.seconds, environment.clock.seconds)),
            false => ran,
        },
        written: asked.then_some(environment.written.seconds),
        source_time: here.then_some(environment.source_time),
        build_path: text(&environment.build_path, here),
        hostname: text(&environment.hostname, host),
        domainname: text(&environment.domainname, host),
        uid: user.then_some(environment.user.uid),
        gid: user.then_some(environment.user.gid),
        user: text(&environment.user.name, user),
        group: text(&environment.user.group, user),
        gecos: text(&environment.user.gecos, user),
        kernel_release: text(kernel.map_or(&machine.release, |kernel| &kernel.release), true),
        kernel_version: kernel.and_then(|kernel| text(&kernel.version, true)),
        processors: here.then_some(environment.processors),
        jobs: Some(environment.jobs),
        cpu_model: environment.cpu_model.clone(),
        umask: Some(environment.umask),
        first_pid: asked.then_some(environment.first_pid),
    }
}

/// The record of a run. Values of secrets are not in it, for it is reported which values were found.
pub(crate) fn record(
    environment: &Environment,
    machine: &Machine,
    ran: Option<(i64, i64)>,
    secrets: &BTreeMap<String, String>,
) -> Record {
    let (all, _) = record::without_secrets(environment.variables(), secrets);
    let mut facts = told(environment, machine, ran).facts(str::to_owned);
    facts.extend(variables(&all, str::to_owned));
    Record {
        whose: "environment that repro made".to_owned(),
        facts,
        made: Vec::new(),
    }
}
