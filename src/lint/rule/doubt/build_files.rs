//! Files that tell the build what to do.

use super::super::{
    build_file::is_build_script,
    place::{is_image, is_makefile, is_test_path, is_workflow},
};

/// Whether a file tells the build what to do.
pub(crate) fn is_build_file(path: &str) -> bool {
    const NAMES: &[&str] = &[
        ".goreleaser.yaml",
        ".goreleaser.yml",
        "apkbuild",
        "build",
        "build.bazel",
        "build.gradle",
        "build.gradle.kts",
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
        "settings.gradle",
        "settings.gradle.kts",
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
    const SCRIPTS: &[&str] = &[
        ".sh", ".bash", ".py", ".pl", ".rb", ".js", ".mjs", ".cjs", ".ts", ".bat", ".cmd", ".ps1",
    ];
    const BUNDLERS: &[&str] = &["rollup.config", "vite.config", "webpack.config"];
    let lower = path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if folder == "debian" {
        return name == "rules" || name.ends_with(".mk");
    }
    if is_test_path(path) {
        return false;
    }
    NAMES.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end))
        || BUNDLERS.iter().any(|start| name.starts_with(start))
        || (name == "conf.py" && folder.contains("doc"))
        || (folder == ".github/workflows" && publishes(name))
        // Scripts that people are told to start.
        || (folder.is_empty()
            && (!name.contains('.') || SCRIPTS.iter().any(|end| name.ends_with(end)))
            && !is_image(path) && !is_makefile(path) && !is_workflow(path) && is_build_script(name))
}

/// Whether a workflow's name says that what it makes is handed out.
fn publishes(name: &str) -> bool {
    ["release", "publish", "deploy", "nightly", "package", "docker"]
        .iter()
        .any(|word| name.contains(word))
}
