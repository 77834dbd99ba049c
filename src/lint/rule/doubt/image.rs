//! Images that somebody runs, or takes something out of.

/// Whether an image is more than a place to build or test in: it runs something, and takes it from somewhere; or it takes the source in.
pub(super) fn has_product(text: &str) -> bool {
    let (mut runs, mut takes, mut source) = (false, false, false);
    for line in text.lines() {
        let line = line.trim_start();
        let upper = line.to_ascii_uppercase();
        // `CMD /run_tests.sh`
        let tests = upper.contains("TEST");
        let shell = !line.contains("-c") && ["bash", "/sh\"", "\"sh\""].iter().any(|it| line.contains(it));
        runs |= (upper.starts_with("ENTRYPOINT") || upper.starts_with("CMD")) && !shell && !tests;
        let mut words = line.split_ascii_whitespace();
        let Some("COPY" | "ADD" | "copy" | "add") = words.next() else {
            continue;
        };
        let from = words.next().unwrap_or("");
        source |= matches!(from, "." | "./" | "./.");
        // Lists of packages, and what is fetched, are tools.
        takes |= !from.ends_with(".txt") && !from.contains("://");
    }
    source || (runs && takes)
}

/// Whether an image is for who works on the source, by its folder.
pub(super) fn is_desk(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tools" | "scripts" | "contrib" | "hack" | "dev" | "ide"))
}

/// Whether an image shows how one could be made.
pub(super) fn is_sample(path: &str) -> bool {
    [".example", ".sample"].iter().any(|end| path.ends_with(end))
}
