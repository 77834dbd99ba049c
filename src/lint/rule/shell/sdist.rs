//! sh-sdist

use super::{
    super::super::{Code, Confidence, Hits, Language, Rule},
    command::Command,
    is_build,
    script::Script,
};

pub static RULE: Rule = Rule {
    id: "sh-sdist",
    languages: &[Language::Shell],
    cause: "archive-mtime",
    confidence: Confidence::Medium,
    what: "A source distribution of setuptools carries the times and owners of its files",
    why: "setuptools packs an sdist with the times of the files in the tree, those that it writes now among them, with the builder's name, and \
          with the present time in the gzip header; it does not look at SOURCE_DATE_EPOCH. Other backends (flit, hatchling, poetry) do.",
    fix: "pack it again: tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$SOURCE_DATE_EPOCH … | gzip -n; or build it with a backend \
          that honours SOURCE_DATE_EPOCH",
    references: &[
        "https://github.com/pypa/setuptools/issues/2133",
        "https://reproducible-builds.org/docs/archives/",
    ],
    triggers: &["sdist"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    // Packed again, or by a backend that sets the times.
    let mended = [
        "--mtime",
        "strip-nondeterminism",
        "setuptools-reproducible",
        "setuptools_reproducible",
    ];
    if !is_build(code) || mended.iter().any(|word| code.file().contains(word)) {
        return;
    }
    let script = Script::new(code);
    for command in script.commands.iter().filter(|command| packs(command)) {
        hits.at(
            command.place.start..command.node.end_byte(),
            "setuptools makes an sdist with the times of its files",
        );
    }
}

/// `python setup.py … sdist`, `./setup.py sdist`.
fn packs(command: &Command<'_>) -> bool {
    let is_setup = |word: &str| word.rsplit('/').next() == Some("setup.py");
    let started = command.name.starts_with("python") || command.name.starts_with('$') || is_setup(&command.name);
    let mut words = command.words.iter().map(|word| word.text.as_str());
    let setup = is_setup(&command.name) || words.any(is_setup);
    started && setup && words.any(|word| word == "sdist")
}
