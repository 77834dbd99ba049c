//! The languages that are told apart, and the grammars of those that are parsed.

/// What a piece of code is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    C,
    Cpp,
    Make,
    CMake,
    Autoconf,
    Shell,
    Python,
    Perl,
    Ruby,
    JavaScript,
    PackageJson,
    Rust,
    Go,
    Maven,
    Gradle,
    Ant,
    Java,
    Dockerfile,
    Workflow,
    Doxyfile,
    Tex,
    RpmSpec,
}

impl Language {
    /// The grammar, for those that are parsed.
    pub(super) fn grammar(self) -> Option<tree_sitter::Language> {
        Some(match self {
            Language::C => tree_sitter_c::LANGUAGE.into(),
            Language::Cpp => tree_sitter_cpp::LANGUAGE.into(),
            Language::Make => tree_sitter_make::LANGUAGE.into(),
            Language::CMake => tree_sitter_cmake::LANGUAGE.into(),
            Language::Shell => tree_sitter_bash::LANGUAGE.into(),
            Language::Python => tree_sitter_python::LANGUAGE.into(),
            Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            Language::PackageJson => tree_sitter_json::LANGUAGE.into(),
            Language::Rust => tree_sitter_rust::LANGUAGE.into(),
            Language::Go => tree_sitter_go::LANGUAGE.into(),
            Language::Maven | Language::Ant => tree_sitter_xml::LANGUAGE_XML.into(),
            Language::Gradle => tree_sitter_groovy::LANGUAGE.into(),
            Language::Java => tree_sitter_java::LANGUAGE.into(),
            Language::Dockerfile => tree_sitter_containerfile::LANGUAGE.into(),
            Language::Workflow => tree_sitter_yaml::LANGUAGE.into(),
            Language::Autoconf
            | Language::Perl
            | Language::Ruby
            | Language::Doxyfile
            | Language::Tex
            | Language::RpmSpec => return None,
        })
    }
}
