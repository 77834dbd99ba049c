//! What this machine would build with, where no build was watched: its packages, and the tools that are known by name.

use super::{
    Host, Record,
    dpkg::Database,
    files::{self, Wanted},
    host::os_release,
    root::{inside, resolve},
    tools,
};
use std::{collections::BTreeSet, env, ffi::OsStr, path::Path};

/// All packages, and the compilers, linkers and interpreters that a search in `path` finds. Of a build that says only what it may have
/// used; source, commands, variables and artifacts are not in it.
pub fn here(path: &OsStr, host: &Host) -> Record {
    let root = &host.root;
    let mut called: BTreeSet<String> = BTreeSet::new();
    for name in tools::names() {
        let found = env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .find_map(|folder| {
                let there = folder.join(name).to_str()?.to_owned();
                let real = resolve(root, &there)?;
                inside(root, &real).is_file().then_some(there)
            });
        called.extend(found);
    }
    let packages = Database::read(root);
    let real = files::real(root, &called);
    let owners = packages.owners(&real.keys().cloned().collect());
    let wanted = real
        .into_iter()
        .map(|(real, called)| Wanted {
            executed: true,
            package: owners.get(&real).cloned(),
            real,
            called,
        })
        .collect();
    let (mut used, unread) = files::digest(root, wanted, &packages);
    if root == Path::new("/") {
        tools::ask(&mut used);
    }
    Record {
        packages: packages.versions(),
        files: Some(used),
        unread,
        kernel: Some(host.kernel.clone()),
        machine: Some(host.machine.clone()),
        os_release: os_release(root),
        ..Record::empty()
    }
}
