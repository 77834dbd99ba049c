//! What is refused, and where it says so.

use super::*;
use crate::ddc::TEMPLATE;

const SPEC: &str = r#"claim = "c"

[source]
path = "source"
digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

[environment]
umask = "022"

[[toolchain]]
id = "gcc"
command = ["gcc"]
lineage = { front_end = "gcc" }

[[toolchain]]
id = "clang"
command = "clang"
lineage = { front_end = "clang" }

[[step]]
command = ["{cc}", "-o", "{out}/cc", "{source}/cc.c"]

[subject]
artifacts = "c_A"
compiler = ["{prev}/cc"]
parent = "self"

[artifacts]
files = ["cc"]
"#;

fn refusal(text: &str) -> String {
    match Spec::parse("ddc.toml", text, PathBuf::new()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_can_be_carried_out_is_taken() {
    assert_eq!(refusal(SPEC), "");
    assert_eq!(refusal(TEMPLATE), "");
}

/// A text of the spec, what stands in its place, and what the refusal must say.
const REFUSED: &[(&str, &str, &str)] = &[
    ("claim = ", "clam = ", "ddc.toml:1"),
    ("umask = ", "mask = ", "ddc.toml:8"),
    (
        "umask = \"022\"",
        "umask = \"9\"",
        "ddc.toml:7: [environment]: `umask` must be octal",
    ),
    ("umask = \"022\"", "umask = \"1777\"", "`umask` is more than 777"),
    (
        "umask = \"022\"",
        "allow = [\"A=B\"]",
        "[environment]: \"A=B\" is not the name of a variable",
    ),
    (
        "path = \"source\"",
        "path = \"source\"\nmount = \"/etc\"",
        "ddc.toml:3: [source]: `mount` must lie below /build",
    ),
    (
        "path = \"source\"",
        "path = \"source\"\nmount = \"/build/out/x\"",
        "`mount` must lie below /build",
    ),
    ("sha256:00", "sha256:", "[source]: `digest` must be sha256: and 64"),
    (
        "id = \"clang\"",
        "id = \"gcc\"",
        "ddc.toml:15: [[toolchain]] number 2: the id \"gcc\" is given twice",
    ),
    (
        "id = \"clang\"",
        "id = \"subject\"",
        "ddc.toml:15: [[toolchain]] number 2: \"subject\" is not an id",
    ),
    ("id = \"clang\"", "id = \"a/b\"", "\"a/b\" is not an id"),
    ("command = \"clang\"", "command = []", "number 2: `command` is empty"),
    ("command = \"clang\"", "command = 3", "ddc.toml:17"),
    (
        "front_end = \"clang\"",
        "front_end = \" \"",
        "number 2: `lineage` needs a `front_end`",
    ),
    ("front_end = \"clang\"", "frontend = \"clang\"", "ddc.toml:18"),
    ("\"{cc}\"", "\"cc\"", "ddc.toml:20: [[step]]: no step uses {cc}"),
    ("\"{cc}\"", "\"{unit}\"", "ddc.toml:20: [[step]] number 1: "),
    (
        "\"{prev}/cc\"",
        "\"cc\"",
        "ddc.toml:23: [subject]: `compiler` must name a file below {prev}",
    ),
    (
        "artifacts = \"c_A\"",
        "",
        "[subject]: parent = \"self\" needs `artifacts`",
    ),
    ("parent = \"self\"", "", "[subject]: `regenerate` needs a `parent`"),
    (
        "files = [\"cc\"]",
        "files = []",
        "ddc.toml:28: [artifacts]: `files` is empty",
    ),
    ("files = [\"cc\"]", "files = [\"../cc\"]", "ddc.toml:28: [artifacts]: "),
    (
        "files = [\"cc\"]",
        "files = [\"cc\"]\n[normalise]\nsections = [\".text\"]",
        "ddc.toml:30: [normalise]: `.text`",
    ),
    (
        "files = [\"cc\"]",
        "files = [\"cc\"]\n[limits]\ntimeout = \"soon\"",
        "ddc.toml:31",
    ),
    (
        "files = [\"cc\"]",
        "files = [\"cc\"]\n[replay]\nunits = [\"*.c\"]\ncommand = [\"{cc}\", \"-o\", \"{object}\"]",
        "ddc.toml:30: [replay]: `command` does not use {unit}",
    ),
    (
        "claim = \"c\"",
        "mode = \"agree\"",
        "ddc.toml:23: [subject]: there is one in mode \"ddc\" only",
    ),
    ("claim = \"c\"", "mode = \"behaviour\"", "[subject]"),
    ("claim = \"c\"", "mode = \"guess\"", "ddc.toml:1"),
];

#[test]
fn what_can_t_be_is_refused_with_its_place_and_why() {
    for (old, new, expected) in REFUSED {
        assert!(SPEC.contains(old), "{old}");
        let said = refusal(&SPEC.replacen(old, new, 1));
        assert!(said.contains(expected), "{new:?}: {said:?} lacks {expected:?}");
    }
}
