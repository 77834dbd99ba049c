//! The page of each subject on a phone: nothing lies beside the screen, and the letters of its pictures can be read.

use super::*;

/// Columns of a phone's screen.
const COLUMNS: u64 = 390;

/// A folder, and the arguments with which `repro` makes a page in it, for each subject; with the exit status.
fn subjects() -> Vec<(TempDir, Vec<String>, i32)> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let pair = |case: &str, extension: &str| {
        let at = |side: &str| {
            corpus()
                .join(case)
                .join(format!("{side}.{extension}"))
                .display()
                .to_string()
        };
        vec!["diff".to_owned(), at("a"), at("b")]
    };
    let empty = || tempfile::tempdir().unwrap();
    let lint = corpus().join("lint").display().to_string();
    let mut all = vec![
        (empty(), pair("real/hello", "deb"), 1),
        (empty(), pair("tampered/elf-removed-check", "so"), 1),
        (empty(), vec!["lint".to_owned(), lint], 1),
        (checked(), words("check manifest"), 1),
        (built(), words("build --variations umask,user_env"), 1),
        (gated(), words("gate"), 1),
        (told(), words("history"), 0),
    ];
    if !missing(&["ssh-keygen"]) {
        let verify = "verify --attestations all --keyring keyring --threshold 2 --today 2026-06-15 file";
        all.push((attested(), words(verify), 1));
    }
    if !missing(&["gcc-12", "clang-14", "tcc", "pcc", "patch"]) {
        all.push((compiled(), words("ddc subject/ddc.toml"), 1));
    }
    all
}

#[track_caller]
fn done(folder: &TempDir, line: &str, status: i32) {
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = repro(folder.path(), &arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{line}: {said}");
}

fn write(folder: &TempDir, name: &str, text: &str) {
    fs::write(folder.path().join(name), text).unwrap();
}

fn checked() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "file", "as listed\n");
    done(&folder, "hash file -o manifest", 0);
    write(&folder, "file", "changed\n");
    folder
}

/// A build that writes its umask, and a digest of it, which is longer than a line.
fn built() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let command = "mkdir -p out && umask >out/mask && sha256sum out/mask >out/digest";
    let table = format!("[build]\ncommand = '{command}'\nartifacts = ['out/*']\n");
    write(&folder, "repro.toml", &table);
    folder
}

fn gated() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "repro.toml", "[gate]\nartifacts = ['file']\n");
    write(&folder, "file", "as locked\n");
    done(&folder, "lock", 0);
    write(&folder, "file", "changed\n");
    folder
}

fn told() -> TempDir {
    let folder = gated();
    done(&folder, "gate --record-history", 1);
    folder
}

fn attested() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("all")).unwrap();
    let mut keyring = String::new();
    for name in ["alice", "bob"] {
        let mut made = Command::new("ssh-keygen");
        made.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name]);
        assert!(made.current_dir(folder.path()).status().unwrap().success());
        let key = fs::read_to_string(folder.path().join(format!("{name}.pub"))).unwrap();
        keyring += &format!("[[rebuilder]]\nname = \"{name}\"\nkey = \"{}\"\n", key.trim());
        write(&folder, "file", &format!("by {name}\n"));
        let line = format!("attest --key {name} --time 2026-06-15T10:00:00Z -o all/{name}.json file");
        done(&folder, &line, 0);
    }
    write(&folder, "keyring", &keyring);
    folder
}

fn compiled() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut make = Command::new(corpus().join("ddc/tiny/make-subject"));
    make.arg("trojan").arg(folder.path().join("subject"));
    assert!(make.output().unwrap().status.success());
    folder
}

#[test]
fn every_page_fits_a_phone() {
    if missing(TOOLS) {
        return;
    }
    let mut browser = Browser::start();
    for (folder, arguments, status) in subjects() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let file = page(folder.path(), &arguments, status);
        browser.open(&file, "");
        browser.narrow(COLUMNS);
        silent(&mut browser);
        let subject = arguments[0];
        let wide = browser.count("document.documentElement.scrollWidth");
        assert!(wide <= COLUMNS, "{subject}: {wide} columns");
        let letters = "[...document.querySelectorAll('svg text')].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)";
        let small = browser.count(&format!("{letters}.filter(height => height < 10).length"));
        assert_eq!(small, 0, "{subject}: letters that nobody can read");
        let text = browser.text("document.body.textContent");
        assert!(subject == "diff" || !text.contains("tampering"), "{subject}: {text}");
    }
}
