//! Go programs with the build folder in them.

use super::command;
use crate::lint::{
    Code, Confidence, Hits, Language, Rule,
    code::span,
    rule::{build_file, place::only_tests},
};

/// The rule.
pub static RULE: Rule = Rule {
    id: "go-no-trimpath",
    languages: &[Language::Shell],
    cause: "build-path",
    confidence: Confidence::Medium,
    what: "A Go program is built without -trimpath",
    why: "Without it the binary holds the absolute path of the module and of the module cache. `go test`, `go vet` and `go run`, \
          and GOFLAGS=-trimpath do not matter.",
    fix: "go build -trimpath",
    references: &["https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies"],
    triggers: &["build", "install"],
    check,
};

/// Flags whose value is the next word.
const WITH_VALUE: &[&str] = &[
    "-asmflags",
    "-buildmode",
    "-gcflags",
    "-ldflags",
    "-mod",
    "-modfile",
    "-o",
    "-p",
    "-tags",
    "-C",
];

fn check(code: &Code<'_>, hits: &mut Hits) {
    // Anywhere in the file: GOFLAGS, a variable of flags, a wrapper.
    if code.text.contains("trimpath")
        || build_file::is_test_path(code.path)
        || build_file::is_generator(code.path)
        || build_file::is_fetched(code.path)
        || only_tests(code.path, code.file())
    {
        return;
    }
    for (node, words) in command::all(code) {
        let [(_, go), (verb, what), rest @ ..] = words.as_slice() else {
            continue;
        };
        if !command::is_go(go) || !matches!(*what, "build" | "install") {
            continue;
        }
        let mut value = false;
        let (mut unknown, mut out, mut every, mut versioned) = (false, false, false, false);
        // `go install example.org/x/tool`: a tool for the build, not what is built.
        let tool = |word: &str| {
            let host = word.split_once('/').map_or("", |(host, _)| host);
            *what == "install" && host.contains('.') && !host.starts_with('.')
        };
        // `GOOS= go build` makes a tool for the machine that builds.
        let mut aside = code.of(node).split_whitespace().any(|word| word == "GOOS=");
        for (_, word) in rest {
            if value {
                value = false;
                aside |= *word == "/dev/null" || word.trim_start_matches(['"', '\'']).starts_with("/tmp");
                continue;
            }
            value = WITH_VALUE.contains(word);
            out |= *word == "-o" || word.starts_with("-o=");
            // Thrown away, or the toolchain's own.
            aside |= matches!(*word, "std" | "cmd") || tool(word) || build_file::is_test_path(&format!("{word}/x"));
            every |= word.contains("...");
            versioned |= word.contains('@');
            let upper = word.to_ascii_uppercase();
            unknown |= word.contains('$')
                && ["FLAG", "OPT", "ARG", "EXTRA", "MODE", "@", "*"]
                    .iter()
                    .any(|it| upper.contains(it));
        }
        // `./...` without -o only checks that it compiles; `x@v1` installs a tool.
        if aside || unknown || versioned || (every && !out) || (*what == "install" && rest.is_empty()) {
            continue;
        }
        let at = verb.end_byte();
        hits.fixable(
            span(node),
            "the binary holds the path of the build folder",
            at..at,
            " -trimpath",
        );
    }
}
