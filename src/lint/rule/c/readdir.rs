//! c-readdir

use super::{
    super::{
        super::{Code, Confidence, Hits, Rule, code::below},
        place::{is_generator, is_test_path},
    },
    LANGUAGES, callee, prints,
};

pub static RULE: Rule = Rule {
    id: "c-readdir",
    languages: LANGUAGES,
    cause: "readdir-order",
    confidence: Confidence::Medium,
    what: "A program of the build writes files' names in the order in which it meets them",
    why: "readdir, nftw and directory_iterator give a folder in the file system's order. Only in sources of programs that the build itself runs, by \
          their names (gen*, mk*, *2c, codegen/), and only where nothing is sorted.",
    fix: "scandir(…, alphasort) in the C locale; or sort the vector",
    references: &["https://reproducible-builds.org/docs/stable-inputs/"],
    triggers: &["readdir", "nftw", "fts_open", "directory_iterator"],
    check,
};

fn check(code: &Code<'_>, hits: &mut Hits) {
    if is_test_path(code.path) || !is_generator(code.path) {
        return;
    }
    let sorted = ["sort(", "alphasort", "std::set<", "std::map<", "btree"];
    if sorted.iter().any(|word| code.text.contains(word)) {
        return;
    }
    let mut seen: Vec<usize> = Vec::new();
    for function in code.nodes(&["function_definition", "for_range_loop"]) {
        let mut found = Vec::new();
        for node in below(function, &["call_expression", "type_identifier", "identifier"]) {
            let reads = match node.kind() {
                "call_expression" => {
                    let name = callee(code, node);
                    matches!(name, "readdir" | "readdir_r" | "readdir64" | "nftw" | "ftw")
                        || (name == "fts_open" && code.of(node).contains("NULL"))
                }
                _ => matches!(code.of(node), "directory_iterator" | "recursive_directory_iterator"),
            };
            if reads {
                found.push(node);
            }
        }
        // A function that is handed to nftw prints elsewhere.
        let by_call = found.iter().any(|node| code.of(*node).contains("ftw"));
        if let Some(node) = found.first().filter(|_| by_call || prints(code, function))
            && !seen.contains(&node.start_byte())
        {
            seen.push(node.start_byte());
            hits.at(node.byte_range(), "names are written in the order of the file system");
        }
    }
}
