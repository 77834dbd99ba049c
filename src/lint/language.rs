//! Which language a file is written in: by its name, and where that leaves it open by its content.

use super::Language;

/// What a file's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It is this.
    Is(Language),
    /// A header: of C or of C++.
    Header,
    /// Of RPM, of PyInstaller, or a test.
    Spec,
    /// A composite action, or another file of that name.
    Action,
    /// A script, if its first line says so.
    Script,
    /// None that there are rules for.
    Not,
}

/// The language of a file, or `None` if there are no rules for it.
pub fn of(path: &str, text: &str) -> Option<Language> {
    match named(path) {
        // A template of a Perl script may be called x.sh.
        Named::Is(Language::Shell) if text.starts_with("#!") => script(text),
        Named::Is(language) => Some(language),
        Named::Header => Some(header(text)),
        Named::Spec => spec(text).then_some(Language::RpmSpec),
        Named::Action => text
            .lines()
            .any(|line| line.trim_end() == "runs:")
            .then_some(Language::Workflow),
        Named::Script => script(text),
        Named::Not => None,
    }
}

/// Reads a name. `x.sh.in` is a template of `x.sh`.
pub(super) fn named(path: &str) -> Named {
    let name = path.rsplit('/').next().unwrap_or(path);
    match by_name(path, name) {
        Named::Not | Named::Script if name.len() > 3 && name.ends_with(".in") => {
            let end = path.len() - 3;
            by_name(&path[..end], &name[..name.len() - 3])
        }
        found => found,
    }
}

fn by_name(path: &str, name: &str) -> Named {
    use Language as L;
    let lower = name.to_ascii_lowercase();
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    let text = matches!(
        extension,
        "md" | "rst" | "txt" | "html" | "png" | "svg" | "patch" | "diff" | "orig" | "bak"
    );
    let starts = |word: &str| lower == word || (!text && lower.starts_with(&format!("{word}.")));
    let below = |folder: &str| path == folder || path.ends_with(&format!("/{folder}"));
    let is = match name {
        "Makefile.PL" | "Build.PL" => L::Perl,
        "CMakeLists.txt" => L::CMake,
        "configure.ac" | "configure.in" => L::Autoconf,
        "package.json" => L::PackageJson,
        "pom.xml" => L::Maven,
        "build.xml" => L::Ant,
        "Rakefile" | "Gemfile" => L::Ruby,
        "SConstruct" | "SConscript" | "wscript" => L::Python,
        "PKGBUILD" | "APKBUILD" => L::Shell,
        ".gitlab-ci.yml" | ".gitlab-ci.yaml" | ".goreleaser.yml" | ".goreleaser.yaml" => L::Workflow,
        "action.yml" | "action.yaml" => return Named::Action,
        _ if below("debian/rules") => L::Make,
        _ if starts("makefile") || starts("gnumakefile") || starts("bsdmakefile") => L::Make,
        _ if starts("dockerfile") || starts("containerfile") => L::Dockerfile,
        _ if starts("doxyfile") || lower == "doxygen.conf" => L::Doxyfile,
        _ if workflow(path, extension) => L::Workflow,
        _ => match extension {
            // A capital C is C++ by custom.
            "c" if !name.ends_with('C') => L::C,
            "h" if !name.ends_with('H') => return Named::Header,
            "c" | "h" | "cc" | "cpp" | "cxx" | "c++" | "hh" | "hpp" | "hxx" | "h++" | "inl" | "ipp" | "tpp" => L::Cpp,
            "mk" | "mak" | "make" => L::Make,
            "cmake" => L::CMake,
            "m4" | "ac" => L::Autoconf,
            "sh" | "bash" | "ksh" | "dash" | "ebuild" | "eclass" => L::Shell,
            "py" | "pyw" => L::Python,
            "pl" | "pm" => L::Perl,
            "rb" | "gemspec" | "rake" => L::Ruby,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" => L::JavaScript,
            "rs" => L::Rust,
            "go" => L::Go,
            "java" => L::Java,
            "gradle" => L::Gradle,
            "kts" if lower.ends_with(".gradle.kts") => L::Gradle,
            "pom" => L::Maven,
            "dockerfile" | "containerfile" => L::Dockerfile,
            "doxyfile" => L::Doxyfile,
            "tex" | "ltx" | "sty" | "cls" => L::Tex,
            "spec" => return Named::Spec,
            "" | "postinst" | "preinst" | "postrm" | "prerm" | "config" | "init" | "install" | "cgi" | "command" => {
                return Named::Script;
            }
            _ => return Named::Not,
        },
    };
    Named::Is(is)
}

fn workflow(path: &str, extension: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let inside = |wanted: &str| folder == wanted || folder.ends_with(&format!("/{wanted}"));
    matches!(extension, "yml" | "yaml") && (inside(".github/workflows") || inside(".gitlab/ci") || inside(".gitlab-ci"))
}

/// A header is C++ if it has what C has not.
fn header(text: &str) -> Language {
    let cpp = text.lines().map(str::trim_start).any(|line| {
        [
            "class ",
            "namespace ",
            "template <",
            "template<",
            "using ",
            "public:",
            "private:",
            "protected:",
        ]
        .iter()
        .any(|word| line.starts_with(word))
            || (line.starts_with("#include <") && !line.contains(".h>") && line.trim_end().ends_with('>'))
            || line.contains("std::")
    });
    match cpp {
        true => Language::Cpp,
        false => Language::C,
    }
}

fn spec(text: &str) -> bool {
    let starts = |word: &str| {
        text.lines().any(|line| {
            line.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        })
    };
    starts("name:") && (starts("%description") || starts("%build") || starts("%install") || starts("%prep"))
}

/// By the `#!` line, with `env` and its options looked through.
fn script(text: &str) -> Option<Language> {
    let line = text.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_ascii_whitespace();
    let mut program = words.next()?.rsplit('/').next()?;
    if program == "env" {
        program = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
        program = program.rsplit('/').next()?;
    }
    let plain = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    Some(match plain {
        "sh" | "bash" | "dash" | "ksh" | "ash" | "mksh" => Language::Shell,
        "python" | "pypy" => Language::Python,
        "perl" => Language::Perl,
        "ruby" => Language::Ruby,
        "node" | "nodejs" => Language::JavaScript,
        "make" | "gmake" => Language::Make,
        _ => return None,
    })
}

/// Names of files that GNU's build tools copy into a source tree.
const COPIED: &[&str] = &[
    "aclocal.m4",
    "ar-lib",
    "compile",
    "config.guess",
    "config.sub",
    "depcomp",
    "do-release-commit-and-tag",
    "gendocs.sh",
    "gitlog-to-changelog",
    "install-sh",
    "libtool",
    "libtool.m4",
    "ltmain.sh",
    "ltoptions.m4",
    "ltsugar.m4",
    "ltversion.m4",
    "lt~obsolete.m4",
    "mdate-sh",
    "missing",
    "mkinstalldirs",
    "py-compile",
    "test-driver",
    "ylwrap",
];

/// What generators write into the head of a file, in lower case.
const MARKS: &[&str] = &[
    "@generated",
    "do not edit",
    "do not modify",
    "automatically generated",
    "auto-generated",
    "autogenerated",
    "code generated",
    "generated automatically",
    "generated by gnu autoconf",
    "generated by automake",
    "generated from",
];

/// Whether a file was made by a program, or copied in by one: what is wrong with it must be mended elsewhere.
pub(super) fn generated(path: &str, text: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if COPIED.contains(&name) {
        return true;
    }
    // Minified scripts.
    if name.contains(".min.") {
        return true;
    }
    let comment = |line: &str| {
        ["#", "//", "/*", "*", "--", ";", "dnl", "%", "<!--", "<?"]
            .iter()
            .any(|leader| line.starts_with(leader))
    };
    // Only the comment that the file begins with: a script may write such words into what it makes.
    text.lines()
        .take(40)
        .map(str::trim_start)
        .take_while(|line| line.is_empty() || comment(line))
        .any(|line| {
            let line: String = line.chars().take(300).collect();
            let line = line.to_ascii_lowercase();
            MARKS.iter().any(|mark| line.contains(mark))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents() {
        for (path, text, language) in [
            ("src/a.c", "", Some(Language::C)),
            ("a.C", "", Some(Language::Cpp)),
            ("a.h", "int f(void);\n", Some(Language::C)),
            ("a.h", "namespace x {\n", Some(Language::Cpp)),
            ("a.h", "#include <vector>\n", Some(Language::Cpp)),
            ("a.h", "#include <stdio.h>\n", Some(Language::C)),
            ("Makefile", "", Some(Language::Make)),
            ("Makefile.am", "", Some(Language::Make)),
            ("Makefile.in", "", Some(Language::Make)),
            ("Makefile.PL", "", Some(Language::Perl)),
            ("Makefile.md", "", None),
            ("debian/rules", "", Some(Language::Make)),
            ("x/debian/rules", "", Some(Language::Make)),
            ("grules", "", None),
            ("CMakeLists.txt", "", Some(Language::CMake)),
            ("x/foo.cmake.in", "", Some(Language::CMake)),
            ("configure.ac", "", Some(Language::Autoconf)),
            ("configure.in", "", Some(Language::Autoconf)),
            ("configure", "#! /bin/sh\n", Some(Language::Shell)),
            (
                "run",
                "#!/usr/bin/env -S LC_ALL=C python3.11 -u\n",
                Some(Language::Python),
            ),
            ("run", "no script", None),
            ("run.sh.in", "", Some(Language::Shell)),
            ("debian/x.postinst", "#!/bin/sh\n", Some(Language::Shell)),
            (".github/workflows/ci.yml", "", Some(Language::Workflow)),
            ("config/ci.yml", "", None),
            (".gitlab-ci.yml", "", Some(Language::Workflow)),
            ("action.yml", "name: x\nruns:\n", Some(Language::Workflow)),
            ("action.yml", "x: y\n", None),
            ("Dockerfile", "", Some(Language::Dockerfile)),
            ("Dockerfile.dev", "", Some(Language::Dockerfile)),
            ("app.dockerfile", "", Some(Language::Dockerfile)),
            ("x.spec", "Name: x\n%description\n", Some(Language::RpmSpec)),
            ("x.spec", "a = Analysis()\n", None),
            ("build.gradle.kts", "", Some(Language::Gradle)),
            ("x.kts", "", None),
            ("Doxyfile.in", "", Some(Language::Doxyfile)),
            ("README.md", "", None),
        ] {
            assert_eq!(of(path, text), language, "{path} {text:?}");
        }
    }

    #[test]
    fn generated_files() {
        assert!(generated(
            "configure",
            "#! /bin/sh\n# Guess values.\n# Generated by GNU Autoconf 2.71.\n"
        ));
        assert!(generated("x.go", "// Code generated by stringer. DO NOT EDIT.\n"));
        assert!(generated("build/config.guess", "#!/bin/sh\n"));
        assert!(!generated(
            "gen.sh",
            "#!/bin/sh\n# Makes x.\necho '# DO NOT EDIT' > x\n"
        ));
        assert!(!generated("x.c", "int generated;\n"));
    }
}
