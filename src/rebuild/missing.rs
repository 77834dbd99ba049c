//! What a variation takes that this machine has not.

use std::fmt;

/// Why a variation can't be made here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// Mounts of a run's own, to replace this.
    MountNamespace(&'static str),
    /// Answers in the kernel's place, to show this otherwise.
    Interposition(&'static str),
    /// Process ids of a run's own.
    PidNamespace,
    /// Addresses that are not randomised.
    FixedAddresses,
    /// A work folder on a disk.
    Disk,
    /// Memory for what is built.
    Memory,
    /// A locale that could have been compiled.
    Locale(String),
    /// Another shell, by its name.
    Shell(&'static str),
    /// Room before the clock of the build.
    EarlierTimes,
    /// A word for it in what a remote worker is told.
    Remote,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MountNamespace(what) => {
                write!(f, "{what} can't be replaced: this machine gives no mount namespace")
            }
            Self::Interposition(what) => write!(
                f,
                "{what} can't be shown otherwise: this machine does not allow seccomp with ptrace"
            ),
            Self::PidNamespace => f.write_str("process ids can't be chosen: this machine gives no PID namespace"),
            Self::FixedAddresses => {
                f.write_str("addresses are randomised in any case: personality(ADDR_NO_RANDOMIZE) is refused")
            }
            Self::Disk => f.write_str("the work folder is a tmpfs too: choose one on a disk by setting TMPDIR"),
            Self::Memory => f.write_str("there is too little memory to put the build on a tmpfs"),
            Self::Locale(name) => write!(f, "locale {name} was not compiled"),
            Self::Shell(name) => write!(f, "there is no other shell for /bin/sh: install {name}"),
            Self::EarlierTimes => f.write_str("there are no earlier times for files: choose a clock after 1982"),
            Self::Remote => f.write_str("a remote worker can't be asked to vary it"),
        }
    }
}

impl std::error::Error for Missing {}
