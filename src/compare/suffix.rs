//! Names, and the suffixes that tell how something is compressed.

/// Suffixes that tell a name's compression, with what stands for them in the name of the content.
const SUFFIXES: [(&str, &str); 13] = [
    (".gz", ""),
    (".xz", ""),
    (".zst", ""),
    (".bz2", ""),
    (".lz4", ""),
    (".lzma", ""),
    (".lz", ""),
    (".Z", ""),
    (".tgz", ".tar"),
    (".txz", ".tar"),
    (".tzst", ".tar"),
    (".tbz2", ".tar"),
    (".tbz", ".tar"),
];

/// What a name would be without compression.
pub(super) fn bare(name: &str) -> String {
    let (start, instead) = stem(name);
    [start, instead].concat()
}

/// A name without the suffix of a compression, and what stands for that.
fn stem(name: &str) -> (&str, &'static str) {
    let cut = |&(suffix, instead): &(&str, &'static str)| {
        let stem = name.strip_suffix(suffix)?;
        (!stem.is_empty() && !stem.ends_with('/')).then_some((stem, instead))
    };
    SUFFIXES.iter().find_map(cut).unwrap_or((name, ""))
}
