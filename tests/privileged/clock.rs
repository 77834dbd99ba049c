//! The clock of a build: what goes by the order of writes works as it does without `repro`, and no run is unlike the other by it.

use crate::support::{missing, said};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

const REPRO: &str = env!("CARGO_BIN_EXE_repro");

/// `repro build` of what makes the file `out` in a folder.
fn build(folder: &Path, options: &[&str], line: &str) -> Output {
    let mut command = Command::new(REPRO);
    command.args(["build", "--artifact", "out"]).args(options);
    command.args(["--", line]).current_dir(folder);
    command.stdin(Stdio::null()).output().unwrap()
}

/// What one run makes, with these options.
#[track_caller]
fn made(folder: &Path, options: &[&str], line: &str) -> String {
    let kept = tempfile::tempdir().unwrap();
    let at = kept.path().join("kept");
    let options = [&["--vary", "control", "--keep", at.to_str().unwrap()], options].concat();
    let output = build(folder, &options, line);
    assert!(output.status.success(), "{line}: {}", said(&output));
    let run = fs::read_dir(&at).unwrap().next().unwrap().unwrap();
    fs::read_to_string(run.path().join("out")).unwrap()
}

#[track_caller]
fn reproducible(folder: &Path, options: &[&str], line: &str) {
    let output = build(folder, options, line);
    assert_eq!(output.status.code(), Some(0), "{line}: {}", said(&output));
}

#[test]
fn autotools_see_what_is_newer() {
    if missing(&["autoreconf", "automake"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = "AC_INIT([x],[1])\nAM_INIT_AUTOMAKE([foreign])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n";
    fs::write(folder.path().join("configure.ac"), text).unwrap();
    fs::write(folder.path().join("Makefile.am"), "").unwrap();
    made(folder.path(), &[], "autoreconf -fi && ./configure >out");
}

#[test]
fn make_sees_the_order_of_writes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("Makefile"),
        "out: gen\n\tcp gen out\ngen: s\n\tcp s gen\n",
    )
    .unwrap();
    fs::write(folder.path().join("s"), "x\n").unwrap();
    for (line, becomes) in [
        ("make -s out; echo changed >gen; make out", "changed\n"),
        ("make -s out; echo more >>gen; make out", "x\nmore\n"),
        (
            "make -s out; python3 -c 'open(\"gen\", \"r+\").write(\"y\")'; make out",
            "y\n",
        ),
        // Nothing is made twice.
        ("make -s out; echo same >out; make out", "same\n"),
        ("make -s out; touch gen; echo same >out; make out", "same\n"),
        ("make -s out; echo same >out; touch gen; make out", "x\n"),
    ] {
        assert_eq!(made(folder.path(), &[], line), becomes, "{line}");
    }
    reproducible(
        folder.path(),
        &["--variations", "time,mtime"],
        "make -s out; echo changed >gen; make out",
    );
}

#[test]
fn a_folder_is_newer_than_what_it_is_made_of() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("Makefile"),
        "dir: gen\n\tmkdir dir; echo x >>out\ngen:\n\ttouch gen\n",
    )
    .unwrap();
    assert_eq!(made(folder.path(), &[], "make dir; make dir"), "x\n");
}

#[test]
fn sleeping_moves_the_clock_on() {
    let folder = tempfile::tempdir().unwrap();
    let wait = "end=$(($(date +%s) + 3)); while [ $(date +%s) -lt $end ]; do sleep 1; done; date +%S >out";
    // It begins at 10:11:12.
    assert_eq!(made(folder.path(), &[], wait), "15\n");
    // Side by side: two seconds in all.
    let two = "sleep 2 & sleep 2; wait; date +%S >out";
    assert_eq!(made(folder.path(), &[], two), "14\n");
    let python = "python3 -c 'import time; time.sleep(1)'; perl -e 'select undef, undef, undef, 1'; date +%S >out";
    assert_eq!(made(folder.path(), &[], python), "14\n");
    let wait = "touch a; sleep 1; touch b; find . -newer a -name b >out; stat -c %y a b >>out";
    let text = made(folder.path(), &[], wait);
    assert!(
        text.starts_with("./b\n") && text.contains(" 10:11:12.") && text.contains(" 10:11:13."),
        "{text}"
    );
}

#[test]
fn a_whole_build_is_one_second() {
    let folder = tempfile::tempdir().unwrap();
    let line = "for i in 1 2 3 4 5 6 7 8 9; do echo $i >f$i; date +%T >>out; done; stat -c %Y f* | uniq | wc -l >>out";
    let text = made(folder.path(), &[], line);
    assert_eq!(text.lines().filter(|line| *line == "10:11:12").count(), 9, "{text}");
    assert!(text.ends_with("\n1\n"), "{text}");
}

#[test]
fn the_clock_can_stand_still_or_run() {
    let folder = tempfile::tempdir().unwrap();
    let line = "touch a; sleep 2; touch b; stat -c %Y a b | uniq | wc -l >out; date +%s >>out";
    let clock = |pace: &str| made(folder.path(), &["--clock", pace], line);
    assert_eq!(clock("frozen@1700000000"), "1\n1700000000\n");
    assert_eq!(clock("logical@1700000000"), "2\n1700000002\n");
    let running = clock("running@1700000000");
    let second: i64 = running.lines().nth(1).unwrap().parse().unwrap();
    assert!(running.starts_with("2\n") && second >= 1_700_000_002, "{running}");
}

/// The times of an archive are the same in two runs of the control: by the second in most formats, by the nanosecond in pax.
#[test]
fn archives_keep_the_times_of_files() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..20 {
        fs::write(folder.path().join(format!("s{n}")), "x").unwrap();
    }
    let tar = "--sort=name --owner=0 --group=0 --numeric-owner";
    for line in [
        format!("mkdir d; for f in s*; do cp $f d/; done; tar {tar} -cf out d"),
        format!(
            "mkdir d; for f in s*; do cp $f d/; done; tar {tar} --format=pax --pax-option=delete=atime,delete=ctime -cf out d"
        ),
    ] {
        reproducible(folder.path(), &["--variations", "hostname"], &line);
    }
    // Several writers at once: who comes first shows where nanoseconds do, and nowhere else.
    let line = format!("mkdir d; ls s* | xargs -P 4 -n 1 -I F cp F d/; tar {tar} --format=gnu -cf out d");
    reproducible(folder.path(), &["--variations", "hostname"], &line);
}

#[test]
fn times_are_varied_on_one_side_of_source_date_epoch() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f"), "x").unwrap();
    let line = "cp f g; tar --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX --mtime=@$SOURCE_DATE_EPOCH --clamp-mtime -cf out f g";
    // The source is as new as a build's is: from a season before the clock to a moment before it.
    for epoch in ["1790000000", "1794000000", "1795900000"] {
        let epoch = format!("SOURCE_DATE_EPOCH={epoch}");
        let options = ["--env", &epoch, "--clock", "@1796000000", "--variations", "mtime,time"];
        reproducible(folder.path(), &options, line);
    }
    // Newer than the clock would be by itself.
    let newest = fs::metadata(folder.path().join("f")).unwrap();
    let now = std::os::unix::fs::MetadataExt::mtime(&newest);
    reproducible(
        folder.path(),
        &["--env", &format!("SOURCE_DATE_EPOCH={now}"), "--variations", "mtime"],
        line,
    );
}

#[test]
fn a_file_of_the_machine_keeps_its_time() {
    // Newer than any clock that a run shows.
    let Ok(tools) = tempfile::tempdir_in("/var") else {
        return; // not root
    };
    fs::set_permissions(tools.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let file = tools.path().join("new");
    fs::write(&file, "").unwrap();
    let now = std::os::unix::fs::MetadataExt::mtime(&fs::metadata(&file).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let line = format!("stat -c %Y {0} - <{0} >out", file.display());
    assert_eq!(made(folder.path(), &[], &line), format!("{now}\n{now}\n"));
}

#[test]
fn a_compiled_locale_is_kept_for_the_next_experiment() {
    let folder = tempfile::tempdir().unwrap();
    let source = tempfile::tempdir().unwrap();
    let again = || {
        let mut command = Command::new(REPRO);
        command.args([
            "build",
            "--vary",
            "locale",
            "--artifact",
            "out",
            "--",
            "ls $LOCPATH/* | wc -l >out",
        ]);
        command
            .current_dir(source.path())
            .env("XDG_CACHE_HOME", folder.path())
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    };
    again();
    let kept = || -> Vec<_> {
        let found = fs::read_dir(folder.path().join("repro/build")).into_iter().flatten();
        found.map(|entry| entry.unwrap().path()).collect()
    };
    let [entry] = &kept()[..] else {
        return; // a locale is installed, or there is no localedef
    };
    let made = fs::metadata(entry).unwrap().created().unwrap();
    again();
    assert_eq!(
        fs::metadata(entry).unwrap().created().unwrap(),
        made,
        "it was made again"
    );
    // What was damaged, and what others could have written, is made again.
    let digest = entry.join("sha256");
    fs::write(&digest, "").unwrap();
    again();
    assert!(!fs::read(&digest).unwrap().is_empty());
    fs::set_permissions(entry, fs::Permissions::from_mode(0o777)).unwrap();
    again();
    assert_eq!(kept().len(), 1);
    assert_eq!(fs::metadata(entry).unwrap().permissions().mode() & 0o22, 0);
}

/// Go's runtime sleeps in a thread of its own, as often as chance has it.
#[test]
fn what_a_runtime_sleeps_moves_no_clock() {
    if missing(&["go"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = "package main\nimport (\"fmt\"; \"time\"; \"crypto/sha256\")\nfunc main() {\n\tdone := make(chan int)\n\
                \tfor n := 0; n < 4; n++ { go func() { var sum [32]byte; for i := 0; i < 50000; i++ { sum = sha256.Sum256(sum[:]) }; done <- 1 }() }\n\
                \tfor n := 0; n < 4; n++ { <-done }\n\tfmt.Println(time.Now().UnixNano())\n}\n";
    fs::write(folder.path().join("main.go"), text).unwrap();
    reproducible(
        folder.path(),
        &["--variations", "umask"],
        "go build -o program main.go && ./program >out",
    );
}
