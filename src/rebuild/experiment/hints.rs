//! From what `diff` finds to the variations that are suspected.

/// Causes, and the variations that bring them about, the most usual first.
const TABLE: &[(&str, &[&str])] = &[
    ("embedded-timestamp", &["time", "mtime", "timezone"]),
    ("cpp-date-time", &["time", "timezone"]),
    ("cpp-timestamp-macro", &["mtime", "timezone"]),
    ("cpp-timestamp-macro", &["mtime", "timezone"]),
    ("copyright-year", &["time"]),
    ("doc-generator-date", &["time", "mtime"]),
    ("archive-mtime", &["mtime", "time"]),
    ("tar-pax-times", &["mtime", "time"]),
    ("gzip-mtime", &["time", "mtime"]),
    ("gzip-name", &["build_path", "pid"]),
    ("ar-mtime", &["mtime", "time"]),
    ("pe-timestamp", &["time"]),
    ("macho-oso-mtime", &["mtime"]),
    ("pyc-mtime", &["mtime"]),
    ("java-properties-date", &["time", "timezone"]),
    ("java-manifest-date", &["time", "timezone"]),
    ("pdf-date-id", &["time", "random"]),
    ("ps-dvi-date", &["time"]),
    ("png-date", &["time", "mtime"]),
    ("font-head-modified", &["time"]),
    ("pot-creation-date", &["time", "timezone"]),
    ("rpm-buildtime", &["time"]),
    ("fs-image-timestamp", &["time", "mtime"]),
    ("iso-volume-date", &["time"]),
    ("oci-created", &["time"]),
    ("timezone", &["timezone"]),
    ("build-duration", &["time", "uptime"]),
    ("build-path", &["build_path", "home", "tmpdir"]),
    ("cpp-file-macro", &["build_path"]),
    ("rpath-build-path", &["build_path"]),
    ("records-build-flags", &["build_path", "parallelism", "env"]),
    ("build-path-depth", &["build_path"]),
    ("random-temp-path", &["random", "tmpdir", "pid"]),
    ("usrmerge-path", &["exec_path", "shell"]),
    ("readdir-order", &["readdir_order", "locale"]),
    ("hash-order", &["random", "readdir_order", "env", "aslr"]),
    ("locale-collation", &["locale", "readdir_order"]),
    ("parallel-race", &["parallelism", "cpu_count"]),
    ("link-order", &["readdir_order", "locale"]),
    ("locale-translated", &["locale"]),
    ("locale-encoding", &["locale"]),
    ("locale-numeric", &["locale"]),
    ("hostname", &["hostname", "domainname"]),
    ("username", &["user", "user_env", "passwd"]),
    ("java-manifest-built-by", &["user", "user_env"]),
    ("kernel-version", &["kernel"]),
    ("cpu-features", &["cpu_model"]),
    ("cpu-count", &["cpu_count", "parallelism"]),
    (
        "env-capture",
        &[
            "env",
            "home",
            "timezone",
            "locale",
            "user_env",
            "exec_path",
            "tmpdir",
            "terminal",
            "parallelism",
            "shell",
        ],
    ),
    ("terminal-width", &["terminal"]),
    ("umask-permissions", &["umask"]),
    ("archive-owner", &["user"]),
    ("ar-uid-gid", &["user"]),
    ("build-counter", &["mtime", "filesystem"]),
    ("build-id-only", &["build_path"]),
    ("build-id-random", &["random"]),
    ("macho-uuid", &["random"]),
    ("pe-debug-guid", &["random", "build_path"]),
    ("compiler-random-seed", &["random", "pid", "time"]),
    ("random-uuid", &["random", "time"]),
    ("random-value", &["random", "aslr", "pid"]),
    ("process-id", &["pid"]),
    ("aslr-pointer", &["aslr"]),
    ("uninitialised-memory", &["aslr", "env", "random"]),
    ("embedded-signature", &["random", "time"]),
    ("fs-uuid", &["random"]),
    ("fs-volume-id", &["time", "random"]),
    ("java-bytecode-nondeterminism", &["random", "parallelism"]),
    ("compiled-heap-image", &["aslr", "time"]),
    ("pyc-marshal-refs", &["random", "readdir_order"]),
    ("float-cpu-dependent", &["cpu_model"]),
    ("parallel-compression", &["parallelism", "cpu_count"]),
    ("compression-settings", &["env"]),
];

/// Causes that are looked at.
const CAUSES: usize = 4;

/// The variations that causes point at, in rounds: the most usual one of each cause, then the next.
pub(super) fn rounds(causes: &[&str]) -> Vec<Vec<&'static str>> {
    let known: Vec<&[&'static str]> = causes
        .iter()
        .filter_map(|cause| TABLE.iter().find(|(id, _)| id == cause))
        .map(|(_, variations)| *variations)
        .take(CAUSES)
        .collect();
    let mut rounds: Vec<Vec<&'static str>> = Vec::new();
    let mut seen = Vec::new();
    for rank in 0..known.iter().map(|v| v.len()).max().unwrap_or(0) {
        // A capture of the environment shows all that variables can show, and it does so at once.
        let capture = causes.first() == Some(&"env-capture") && rank > 1;
        let mut round = Vec::new();
        for name in known.iter().filter_map(|variations| variations.get(rank)) {
            if !seen.contains(name) {
                seen.push(name);
                round.push(*name);
            }
        }
        match rounds.last_mut() {
            Some(last) if capture => last.extend(round),
            _ if round.is_empty() => {}
            _ => rounds.push(round),
        }
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_and_variations_exist() {
        let names: Vec<&str> = crate::rebuild::variation::VARIATIONS.iter().map(|v| v.name()).collect();
        for (cause, variations) in TABLE {
            assert!(variations.iter().all(|name| names.contains(name)), "{cause}");
        }
    }

    #[test]
    fn the_usual_one_first() {
        assert_eq!(rounds(&["archive-mtime", "gzip-mtime"]), [["mtime", "time"]]);
        assert_eq!(rounds(&["archive-mtime"]), [["mtime"], ["time"]]);
        assert_eq!(rounds(&["env-capture"]).len(), 2);
        assert!(rounds(&["no-such-cause"]).is_empty());
    }
}
