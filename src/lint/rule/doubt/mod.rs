//! Why a place counts for less than its rule says: nothing shows that a build runs its file.

mod build_files;
mod image;
mod recipe;

pub(crate) use build_files::is_build_file;

use self::{
    image::{has_product, is_desk, is_sample},
    recipe::Recipes,
};
use super::{
    build_file::is_vendored,
    place::{is_ci, is_test_path, only_tests, words},
};
use crate::lint::{
    Language,
    found::Place,
    subject::{Subject, Surroundings},
};
use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
};

/// Macros of a header that are looked for elsewhere.
const MACROS: usize = 8;

/// Rules about what is made to be handed out.
const PACKAGING: &[&str] = &[
    "go-no-trimpath",
    "py-tarfile",
    "py-zipfile",
    "sh-cpack",
    "sh-cpio",
    "sh-find-unsorted",
    "sh-gzip",
    "sh-sdist",
    "sh-tar",
    "sh-zip",
];

/// What is asked about the places of one file; each answer is found once.
pub struct Doubts<'a> {
    pub language: Language,
    pub path: &'a str,
    pub text: &'a str,
    pub around: &'a dyn Surroundings,
    siblings: &'a dyn Fn(&str) -> bool,
    recipes: OnceCell<Recipes>,
    reached: OnceCell<Option<bool>>,
    copy: OnceCell<bool>,
    macros: RefCell<BTreeMap<&'a str, bool>>,
}

impl<'a> Doubts<'a> {
    pub fn new(subject: &Subject<'a>) -> Self {
        let Subject {
            language,
            text,
            around,
            siblings,
            ..
        } = *subject;
        let path = subject.seen;
        Self {
            language,
            path,
            text,
            around,
            siblings,
            recipes: OnceCell::new(),
            reached: OnceCell::new(),
            copy: OnceCell::new(),
            macros: RefCell::default(),
        }
    }

    /// Why a place may be of no build, if so.
    pub fn about(&self, place: &Place) -> Option<&'static str> {
        use Language as L;
        let Self { language, path, .. } = *self;
        let packs = PACKAGING.contains(&place.rule.id);
        let compiled = matches!(language, L::C | L::Cpp | L::Java | L::Rust);
        let built = matches!(language, L::Make | L::CMake | L::Autoconf) && !packs;
        let aside = matches!(language, L::Dockerfile | L::Workflow | L::RpmSpec | L::Doxyfile);
        let script = matches!(language, L::Shell | L::Perl | L::Python | L::Ruby | L::JavaScript);
        if is_test_path(path) {
            return Some("a test or example");
        }
        if is_vendored(path) && !compiled && !(built && language != L::Autoconf) {
            return Some("in a copy of another project");
        }
        if language == L::Workflow {
            let read = [".github/", ".gitlab/", ".gitlab-ci/"];
            if path.contains('/') && !read.iter().any(|at| path.starts_with(at)) {
                return Some("a workflow that is not run from there");
            }
            if only_tests(path, self.text) {
                return Some("a workflow that hands out nothing");
            }
        } else if !compiled && !built && (is_ci(path) || is_hidden(path)) {
            return Some("of continuous integration");
        }
        let stripped = ["sh-gzip", "sh-zip"].contains(&place.rule.id);
        if path == "debian/rules" && stripped && self.text.contains("\n\tdh ") {
            return Some("debhelper strips the time of what is packed");
        }
        if script && path.strip_prefix("debian/").is_some_and(|name| !name.contains('/')) {
            return Some("installed, or for who maintains the package");
        }
        if language == L::Dockerfile
            && (is_sample(path) || !has_product(self.text) || is_desk(path) && self.reached() != Some(true))
        {
            return Some("an image that holds only tools");
        }
        if (aside || packs) && *self.copy.get_or_init(|| self.around.is_copy()) {
            return Some("in a copy of another project");
        }
        if language == L::Make
            && self
                .recipes
                .get_or_init(|| Recipes::new(self.text))
                .only_for_tests(place.span.start)
        {
            return Some("only tests need it");
        }
        let committed = ["sh-date", "py-now"].contains(&place.rule.id)
            && match language {
                L::Make => self
                    .recipes
                    .get_or_init(|| Recipes::new(self.text))
                    .body(self.text, place.span.start)
                    .contains("git commit"),
                _ => script && self.text.contains("git commit"),
            };
        if committed {
            return Some("a change to the source, which is committed");
        }
        let header = matches!(
            path.rsplit('.').next(),
            Some("h" | "hh" | "hpp" | "hxx" | "inl" | "ipp" | "tpp")
        );
        if matches!(language, L::C | L::Cpp) && header {
            let unused = macro_around(self.text, place.span.start).is_some_and(|name| self.unused(name));
            return unused.then_some("in a macro that nothing uses");
        }
        let module = language == L::Python && !self.text.contains("__main__") && (self.siblings)("__init__.py");
        if module && !path.ends_with("setup.py") && !path.ends_with("conf.py") {
            return Some("in a module of a library");
        }
        let asked = match language {
            // People start what makes a release.
            _ if script && packs => !makes_release(path),
            L::Go | L::Tex | L::Make | L::Maven | L::Gradle | L::C | L::Cpp => true,
            L::Doxyfile => path.contains('/'),
            _ => script,
        };
        (asked && self.reached() == Some(false)).then_some("in a file that no build file names")
    }

    /// Whether a macro is only defined: in this file, where an `#else` may do so again, and in no other. Asked of a few only, for each
    /// may have all sources read.
    fn unused(&self, name: &'a str) -> bool {
        let mut macros = self.macros.borrow_mut();
        if macros.len() >= MACROS && !macros.contains_key(name) {
            return false;
        }
        *macros.entry(name).or_insert_with(|| {
            let after = self.text.split("define").skip(1);
            let defined = after.filter(|rest| word(rest.trim_start()) == Some(name)).count();
            self.text.matches(name).count() == defined && !self.around.uses(name)
        })
    }

    fn reached(&self) -> Option<bool> {
        *self.reached.get_or_init(|| self.around.reached())
    }
}

/// The macro in whose definition a place lies.
fn macro_around(text: &str, place: usize) -> Option<&str> {
    let mut start = place;
    let line = loop {
        start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let before = text.get(..start.saturating_sub(1)).unwrap_or("");
        if start == 0 || !before.trim_end_matches('\r').ends_with('\\') {
            break text.get(start..)?;
        }
        start -= 1;
    };
    let rest = line.trim_start().strip_prefix('#')?.trim_start();
    word(rest.strip_prefix("define")?.trim_start())
}

/// The name that a text starts with.
fn word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    text.get(..end.unwrap_or(text.len())).filter(|name| !name.is_empty())
}

/// Whether a script's name says that it makes what is handed out.
fn makes_release(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "bootstrap",
        "bundle",
        "installer",
        "mktarball",
        "pack",
        "package",
        "packages",
        "release",
        "releases",
        "snapshot",
        "tarball",
        "tarballs",
        "zips",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    words(stem)
        .any(|word| WORDS.contains(&word) || word.contains("dist") || word.contains("pkg") || word.ends_with("build"))
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
