//! What two runs of one stage are told apart by, though it must not matter.

use crate::rebuild::{Error, environment::Environment, machine::Machine, variation};

/// What a run varies that must not matter: nothing, or one of two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Perturbation {
    /// Everything is pinned.
    #[default]
    None,
    /// Addresses, ids, paths, random bytes, and what fresh memory holds.
    First,
    /// The same in another way.
    Second,
}

impl Perturbation {
    /// Names of what is varied.
    pub fn names(self) -> Vec<String> {
        let names: &[&str] = match self {
            Perturbation::None => &[],
            Perturbation::First | Perturbation::Second => &[
                "aslr",
                "pid",
                "random",
                "tmpdir",
                "home",
                "exec_path",
                "MALLOC_PERTURB_",
            ],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// What fresh memory is filled with (mallopt(3), M_PERTURB: the complement of the value).
    pub fn fill(self) -> Option<u8> {
        match self {
            Perturbation::None => None,
            Perturbation::First => Some(0x5a),
            Perturbation::Second => Some(0xa5),
        }
    }

    /// Varies the environment.
    pub fn apply(self, environment: &mut Environment, machine: &Machine) -> Result<(), Error> {
        if self == Perturbation::None {
            return Ok(());
        }
        for name in ["aslr", "pid", "random", "tmpdir", "home", "exec_path"] {
            if let Some(variation) = variation::named(name) {
                // Where the machine can't, the others still say something.
                let _ = variation.vary(environment, machine);
            }
        }
        // The noise moves the stack.
        let (pid, noise) = match self {
            Perturbation::Second => (7_001, 1111),
            _ => (20_000, 17),
        };
        environment.first_pid = pid;
        if let Some(fill) = self.fill() {
            environment
                .variables
                .insert("MALLOC_PERTURB_".to_owned(), (!fill).to_string());
        }
        environment
            .variables
            .insert("REPRO_NOISE".to_owned(), "x".repeat(noise));
        Ok(())
    }
}
