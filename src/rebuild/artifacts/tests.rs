//! What globs match, what is refused, what is copied.

use super::*;

fn patterns(words: &[&str]) -> Result<Patterns, Error> {
    Patterns::new(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
}

fn found(words: &[&str]) -> String {
    let tree = tempfile::tempdir().unwrap();
    for name in ["a.deb", "out/b.deb", "out/sub/c.deb", "out/d[1]"] {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    symlink("/etc", tree.path().join("out/etc")).unwrap();
    match patterns(words).unwrap().matches(tree.path()) {
        Ok(found) => found.iter().map(|p| p.to_str().unwrap()).collect::<Vec<_>>().join(" "),
        Err(error) => error.to_string(),
    }
}

#[test]
fn globs_match_below_the_root() {
    assert_eq!(found(&["*.deb"]), "a.deb");
    assert_eq!(found(&["./**/*.deb"]), "a.deb out/b.deb out/sub/c.deb");
    assert_eq!(found(&["out"]), "out/b.deb out/d[1] out/etc out/sub/c.deb");
    assert_eq!(found(&["out/"]), found(&["out"]));
    assert_eq!(found(&["out/s*", "a.deb"]), "a.deb out/sub/c.deb");
    // The link is an artifact; nothing behind it is.
    for through in ["out/etc/**", "out/*/*.deb", "**/etc/x"] {
        assert!(found(&[through]).contains("out/etc is a symbolic link"), "{through}");
    }
    assert_eq!(found(&["**/c.deb"]), "out/sub/c.deb");
    assert_eq!(found(&["out/e*"]), "out/etc");
    assert!(found(&["x", "y*"]).ends_with("matches x, y*"));
}

#[test]
fn what_lies_beside_the_tree_is_found_by_name() {
    let above = tempfile::tempdir().unwrap();
    let tree = above.path().join("tree");
    fs::create_dir_all(above.path().join("folder.deb")).unwrap();
    fs::create_dir(&tree).unwrap();
    fs::write(above.path().join("x.deb"), "abc").unwrap();
    fs::write(tree.join("x.deb"), "in it").unwrap();
    let run = tempfile::tempdir().unwrap();
    let into = folder(run.path());
    let globs = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let found = collect(&tree, &globs(&["../*.deb"]), &into).unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["../x.deb"]);
    assert_eq!(fs::read(into.join("../x.deb")).unwrap(), b"abc");
    let both = collect(&tree, &globs(&["../y", "*"]), &into).unwrap();
    assert_eq!(both.keys().collect::<Vec<_>>(), ["x.deb"]);
    for (word, why) in [
        ("../../x", "leads out"),
        ("../a/b", "leads out"),
        ("../..", "leads out"),
        ("../", "is empty"),
    ] {
        let said = check(&globs(&[word])).unwrap_err().to_string();
        assert!(said.contains(why), "{word}: {said}");
    }
}

#[test]
fn what_leads_out_is_refused() {
    for (word, why) in [
        ("/bin/x", "is absolute"),
        ("../x", "leads out"),
        ("a/../../b", "leads out"),
        ("", "is empty"),
        ("[", "is not a glob"),
    ] {
        let said = patterns(&[word]).unwrap_err().to_string();
        assert!(said.contains(why), "{word}: {said}");
    }
}

#[test]
fn copies_are_hashed_and_links_stay_links() {
    let (tree, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(tree.path().join("x"), "abc").unwrap();
    symlink("/etc/passwd", tree.path().join("y")).unwrap();
    let into = out.path().join("to");
    let all = collect(tree.path(), &["*".to_owned()], &into).unwrap();
    assert_eq!(
        all["x"],
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(fs::read_link(into.join("y")).unwrap(), Path::new("/etc/passwd"));
    for name in ["x", "y"] {
        assert_eq!(digest(&into.join(name)).unwrap(), all[name]);
    }
}
