//! `repro.toml` is opened once in a run of any command, and understood whole by each.

use crate::{cli::repro, support::git};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use std::{fs, mem::MaybeUninit, os::fd::OwnedFd, path::Path};

/// Counts how often a file is opened.
struct Opens(OwnedFd);

impl Opens {
    fn of(file: &Path) -> Self {
        let fd = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        // That it is closed is told, too: the kernel takes several equal events in a row for one.
        inotify::add_watch(&fd, file, WatchFlags::OPEN | WatchFlags::CLOSE).unwrap();
        Self(fd)
    }

    /// How often it was opened since this was asked before.
    fn count(&self) -> usize {
        let mut space = [MaybeUninit::uninit(); 1 << 16];
        let mut events = inotify::Reader::new(&self.0, &mut space);
        let mut count = 0;
        while let Ok(event) = events.next() {
            count += usize::from(event.events().contains(ReadFlags::OPEN));
        }
        count
    }
}

/// A repository whose `repro.toml` is ignored: so it is no source, which a build copies and a history hashes.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q"]);
    fs::write(at.join(".gitignore"), "repro.toml\nout\n").unwrap();
    fs::write(at.join("source"), "source").unwrap();
    fs::write(
        at.join("repro.toml"),
        "[build]\ncommand = 'mkdir -p out && cp source out/made'\nartifacts = ['out/*']\nvariations = { umask = true }\n[history]\nproject = 'x'\n",
    )
    .unwrap();
    fs::create_dir(at.join("out")).unwrap();
    fs::write(at.join("out/made"), "source").unwrap();
    folder
}

#[test]
fn every_command_opens_it_once() {
    let folder = repository();
    let at = folder.path();
    let opens = Opens::of(&at.join("repro.toml"));
    fs::read(at.join("repro.toml")).unwrap();
    fs::read(at.join("repro.toml")).unwrap();
    assert_eq!(opens.count(), 2);
    for (arguments, code) in [
        (&["lock"][..], 0),
        (&["lock", "--build"], 0),
        (&["gate"], 0),
        (&["gate", "--record-history"], 0),
        (&["gate", "--record-history", "--build", "--vary", "control"], 0),
        (&["build", "--vary", "control"], 0),
        (&["build", "--record-history"], 0),
        (&["history"], 0),
        (&["history", "prune", "--keep", "1"], 0),
        (&["lint", "source"], 0),
        (&["attest", "--key", "no-such-key"], 2),
    ] {
        let output = repro(at, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        let most = usize::from(code != 2);
        assert_eq!(opens.count(), most, "{arguments:?}");
    }
}

#[test]
fn a_table_that_none_knows_stops_every_command() {
    let folder = repository();
    let at = folder.path();
    repro(at, &["lock"]);
    fs::write(at.join("repro.toml"), "[build]\ncommand = 'true'\n[lnt]\nselect = []\n").unwrap();
    for arguments in [
        &["lock"][..],
        &["gate"],
        &["build", "--artifact", "out/made", "--", "true"],
        &["history"],
        &["lint"],
    ] {
        let output = repro(at, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "repro: repro.toml:3: unknown field `lnt`, expected one of `build`, `gate`, `lint`, `history`: did you mean `lint`?\n",
            "{arguments:?}"
        );
    }
    // The folder is told, where it is another one.
    let above = at.parent().unwrap();
    let name = at.file_name().unwrap().to_str().unwrap();
    let output = repro(above, &["gate", "--root", name]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.starts_with(&format!("repro: {name}/repro.toml:3: unknown field")),
        "{said}"
    );
}
