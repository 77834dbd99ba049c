//! Why a place counts for less than its rule says: nothing shows that a build runs its file.

use super::{
    build_file::{is_build_script, is_vendored},
    place::{is_ci, is_image, is_makefile, is_test_path, is_workflow},
};
use crate::lint::{Language, look::Place};

/// What is known of a file's surroundings. Asked only about files in which something was found.
pub trait Surroundings {
    /// Whether a build file names the file, or a script that one runs; unknown where there is none.
    fn reached(&self) -> Option<bool>;
    /// Whether a folder of it, below the tree's own, has a licence of its own: it is a copy of another project.
    fn is_copy(&self) -> bool;
}

/// Nothing is known.
pub struct Unknown;

impl Surroundings for Unknown {
    fn reached(&self) -> Option<bool> {
        None
    }

    fn is_copy(&self) -> bool {
        false
    }
}

/// Rules about what is made to be handed out.
const PACKAGING: &[&str] = &[
    "go-no-trimpath",
    "py-tarfile",
    "py-zipfile",
    "sh-cpio",
    "sh-find-unsorted",
    "sh-gzip",
    "sh-tar",
    "sh-zip",
];

/// Why a place in a file may be of no build, if so.
pub fn doubt(
    place: &Place,
    language: Language,
    path: &str,
    text: &str,
    around: &dyn Surroundings,
) -> Option<&'static str> {
    use Language as L;
    let packs = PACKAGING.contains(&place.rule.id);
    let compiled = matches!(language, L::C | L::Cpp | L::Java | L::Rust);
    let built = matches!(language, L::Make | L::CMake | L::Autoconf) && !packs;
    let aside = matches!(language, L::Dockerfile | L::Workflow | L::RpmSpec | L::Doxyfile);
    if is_test_path(path) {
        return Some("a test or example");
    }
    if is_vendored(path) && !compiled && !(built && language != L::Autoconf) {
        return Some("in a copy of another project");
    }
    if language == L::Workflow {
        let above = [".github/", ".gitlab/", ".gitlab-ci/"]
            .iter()
            .any(|at| path.starts_with(at));
        if !above && path.contains('/') {
            return Some("a workflow that is not run from there");
        }
    } else if !compiled && !built && (is_ci(path) || is_hidden(path)) {
        return Some("of continuous integration");
    }
    if language == L::Dockerfile
        && ([".example", ".sample"].iter().any(|end| path.ends_with(end))
            || !has_product(text)
            || is_desk(path) && around.reached() != Some(true))
    {
        return Some("an image that holds only tools");
    }
    if (aside || packs) && around.is_copy() {
        return Some("in a copy of another project");
    }
    let asked = match language {
        // People start what makes a release.
        L::Shell | L::Python | L::Perl if packs => !is_build_script(path),
        L::Shell | L::Perl | L::Python | L::Ruby | L::JavaScript | L::Go | L::Tex | L::Make | L::Maven => true,
        L::Doxyfile => path.contains('/'),
        L::C | L::Cpp => !matches!(
            path.rsplit('.').next(),
            Some("h" | "hh" | "hpp" | "hxx" | "inl" | "ipp" | "tpp")
        ),
        _ => false,
    };
    (asked && around.reached() == Some(false)).then_some("in a file that no build file names")
}

/// Whether a folder is a machine's: `.circleci`, `.dockers`, `kokoro`.
fn is_hidden(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "buildkite",
        "ci-scripts",
        "concourse",
        "devcontainer",
        "jenkins",
        "kokoro",
    ];
    path.split('/')
        .rev()
        .skip(1)
        .any(|folder| folder.len() > 2 && folder.starts_with('.') || FOLDERS.contains(&folder))
}

/// Whether an image runs something, or takes the source in: one that only holds tools is a place to build or test in.
fn has_product(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let upper = line.to_ascii_uppercase();
        let runs = upper.starts_with("ENTRYPOINT") || upper.starts_with("CMD");
        let shell = !line.contains("-c") && ["bash", "/sh\"", "\"sh\""].iter().any(|it| line.contains(it));
        let mut words = upper.split_ascii_whitespace();
        let takes = matches!(words.next(), Some("COPY" | "ADD")) && matches!(words.next(), Some("." | "./" | "./."));
        (runs && !shell) || takes
    })
}

/// Whether an image is for who works on the source, by its name or folder.
fn is_desk(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tools" | "scripts" | "contrib" | "hack" | "dev" | "ide"))
}

/// Whether a file tells the build what to do.
pub fn is_build_file(path: &str) -> bool {
    const NAMES: &[&str] = &[
        ".goreleaser.yaml",
        ".goreleaser.yml",
        "apkbuild",
        "build",
        "build.bazel",
        "build.gn",
        "build.pl",
        "build.rs",
        "build.xml",
        "cargo.toml",
        "cmakelists.txt",
        "configure",
        "configure.ac",
        "configure.in",
        "dist.ini",
        "extconf.rb",
        "jamroot",
        "justfile",
        "kbuild",
        "magefile.go",
        "makefile.pl",
        "meson.build",
        "package.json",
        "pkgbuild",
        "pom.xml",
        "pyproject.toml",
        "rakefile",
        "sconscript",
        "sconstruct",
        "setup.cfg",
        "setup.py",
        "taskfile.yml",
        "wscript",
    ];
    const STARTS: &[&str] = &[
        "bsdmakefile",
        "gnumakefile",
        "gruntfile",
        "gulpfile",
        "jamfile",
        "makefile",
    ];
    const ENDS: &[&str] = &[
        ".am",
        ".bzl",
        ".cmake",
        ".cmake.in",
        ".gemspec",
        ".gni",
        ".gradle",
        ".gradle.kts",
        ".gyp",
        ".gypi",
        ".m4",
        ".mak",
        ".mk",
        ".nix",
        ".pbxproj",
        ".pri",
        ".pro",
        ".rake",
        ".spec",
        ".spec.in",
        ".vcproj",
        ".vcxproj",
    ];
    const BUNDLERS: &[&str] = &["rollup.config", "vite.config", "webpack.config"];
    let lower = path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if folder == "debian" {
        return !["changelog", "control", "copyright", "watch"].contains(&name) && !name.starts_with("readme");
    }
    if is_test_path(path) {
        return false;
    }
    NAMES.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end))
        || BUNDLERS.iter().any(|start| name.starts_with(start))
        || (name == "conf.py" && folder.contains("doc"))
        || lower.starts_with(".github/workflows/")
        // Scripts that people are told to start.
        || (folder.is_empty() && !is_image(path) && !is_makefile(path) && !is_workflow(path) && is_build_script(name))
}
