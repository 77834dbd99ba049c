//! Variations: each changes one respect of the environment, and says what a build can see of it. One file a variation.

mod aslr;
mod build_path;
mod cpu_count;
mod cpu_model;
mod domainname;
mod env;
mod exec_path;
mod filesystem;
mod home;
mod hostname;
mod kernel;
mod locale;
mod mtime;
mod parallelism;
mod passwd;
mod pid;
mod random;
mod readdir_order;
mod shell;
mod terminal;
#[cfg(test)]
pub(super) mod tests;
mod time;
mod timezone;
mod tmpdir;
mod umask;
mod uptime;
mod user;
mod user_env;

use super::{environment::Environment, machine::Machine, missing::Missing};
use std::fmt;

/// How a variation is brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// By namespaces and mounts.
    Namespaces,
    /// By answering system calls in the kernel's place.
    Interposition,
    /// By what any process can set for those it starts: variables, umask, working folder, processors.
    Environment,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Backend::Namespaces => "namespaces",
            Backend::Interposition => "interposition",
            Backend::Environment => "environment",
        })
    }
}

/// One respect in which environments differ.
pub trait Variation: Sync {
    /// As users and reports write it.
    fn name(&self) -> &'static str;
    /// How it is brought about on this machine, or what it takes that is not there.
    fn backend(&self, machine: &Machine) -> Result<Backend, Missing>;
    /// Changes the control environment in this respect, and in no other. A second time changes nothing more.
    ///
    /// # Errors
    /// The machine has not what it takes.
    fn vary(&self, environment: &mut Environment, machine: &Machine) -> Result<(), Missing>;
    /// What the probe must see changed, by key; else the variation is not effective.
    fn observes(&self) -> &'static [&'static str];
    /// What else the probe may see changed, by key.
    fn touches(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether two runs under it may differ, so that one run that agrees proves little.
    fn nondeterministic(&self) -> bool {
        false
    }
    /// Another value, named `name=value`, that is tried alone where this one changes nothing.
    fn other(&self) -> Option<&'static dyn Variation> {
        None
    }
}

/// Every variation, in the order of the documentation.
pub static VARIATIONS: &[&dyn Variation] = &[
    &time::Time,
    &timezone::Timezone,
    &locale::Locale,
    &build_path::BuildPath,
    &umask::Umask,
    &readdir_order::ReaddirOrder,
    &mtime::Mtime,
    &hostname::Hostname,
    &domainname::Domainname,
    &user::User,
    &user_env::UserEnv,
    &passwd::Passwd,
    &pid::Pid,
    &random::Random,
    &tmpdir::Tmpdir,
    &cpu_count::CpuCount,
    &parallelism::Parallelism,
    &kernel::Kernel,
    &env::Env,
    &home::Home,
    &exec_path::ExecPath,
    &terminal::Terminal,
    &shell::Shell,
    &filesystem::Filesystem,
    &aslr::Aslr,
    &cpu_model::CpuModel,
    &uptime::Uptime,
];

/// The variation of that name, or the other value of one.
pub fn named(name: &str) -> Option<&'static dyn Variation> {
    let others = VARIATIONS.iter().filter_map(|variation| variation.other());
    VARIATIONS
        .iter()
        .copied()
        .chain(others)
        .find(|variation| variation.name() == name)
}

/// For what lies in a file that has to be covered by another.
fn mounted(machine: &Machine, what: &'static str) -> Result<Backend, Missing> {
    match machine.means.mounts {
        true => Ok(Backend::Namespaces),
        false => Err(Missing::MountNamespace(what)),
    }
}

/// For what only a system call tells.
fn interposed(machine: &Machine, what: &'static str) -> Result<Backend, Missing> {
    match machine.means.interposition {
        true => Ok(Backend::Interposition),
        false => Err(Missing::Interposition(what)),
    }
}

/// For what shows better where folders can be mounted, but can be varied anywhere.
fn namespaces_or_environment(machine: &Machine) -> Backend {
    match machine.means.mounts {
        true => Backend::Namespaces,
        false => Backend::Environment,
    }
}
