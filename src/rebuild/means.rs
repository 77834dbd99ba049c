//! What a machine lets a run do.

use serde::{Deserialize, Serialize};

/// What this machine lets a run do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Means {
    /// A user namespace, for those who may not make the others without.
    pub(crate) user_namespace: bool,
    /// Mount namespace, with a root of our own.
    pub mounts: bool,
    /// A user namespace of the build's own, which has no rights over the mounts.
    pub(crate) confined: bool,
    /// PID namespace.
    pub(crate) pids: bool,
    /// UTS namespace.
    pub(crate) uts: bool,
    /// IPC namespace.
    pub(crate) ipc: bool,
    /// Network namespace.
    pub net: bool,
    /// Time namespace.
    pub time: bool,
    /// seccomp and ptrace.
    pub interposition: bool,
    /// Addresses can be made not to be randomised.
    pub aslr: bool,
}

impl Means {
    /// Nothing but the environment.
    pub const NONE: Means = Means {
        user_namespace: false,
        mounts: false,
        confined: false,
        pids: false,
        uts: false,
        ipc: false,
        net: false,
        time: false,
        interposition: false,
        aslr: false,
    };
}
