//! Rules of Dockerfiles and container builds.

mod add_url;
mod apt_unpinned;
mod from_tag;
mod no_sde;
mod run;

use super::{
    super::{Code, Rule},
    build_file,
    place::{is_ci, words},
};

/// In the order of their ids.
pub static RULES: &[&Rule] = &[&add_url::RULE, &apt_unpinned::RULE, &from_tag::RULE, &no_sde::RULE];

/// Whether the image is for tests, or for a developer's desk.
fn is_aside(code: &Code<'_>) -> bool {
    const NAMES: &[&str] = &[
        "ci",
        "dev",
        "devcontainer",
        "devel",
        "e2e",
        "gitpod",
        "lint",
        "shellcheck",
        "test",
        "tests",
    ];
    let name = code.file_name().to_ascii_lowercase();
    name.ends_with(".md")
        || build_file::is_test_path(code.path)
        || is_ci(code.path)
        // Debian builds no images: beside its rules they are a maintainer's.
        || code.path.rsplit('/').nth(1) == Some("debian")
        || words(&name).any(|word| NAMES.contains(&word))
        || code
            .path
            .split('/')
            .any(|part| part == ".devcontainer" || part == "devcontainer")
}
