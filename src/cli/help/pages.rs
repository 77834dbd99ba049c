//! The table.

use super::{Page, Row};

/// Of what only prints.
const PRINTED: &[Row] = &[("0", "printed"), ("2", "trouble")];

#[rustfmt::skip]
pub(super) const PAGES: &[Page] = &[
    Page {
        path: &[],
        exits: &[
            ("0", "the same, clean, or done"),
            ("1", "it differs, or something was found"),
            ("2", "trouble: something could not be read, or the question stays open"),
        ],
        verdicts: &[],
        examples: &[
            ("repro diff a.deb b.deb", "Why do two packages differ?"),
            ("repro help build", "All of one command"),
        ],
    },
    Page {
        path: &["hash"],
        exits: &[("0", "written"), ("2", "something could not be read; the rest is written")],
        verdicts: &[],
        examples: &[
            ("repro hash dist > SHA256SUMS", "A list that `sha256sum -c` verifies, too"),
            (
                "repro hash dist --format json --algorithm sha256,blake3 -o dist.json",
                "All that there is, with permissions, links, and a digest of the tree",
            ),
        ],
    },
    Page {
        path: &["check"],
        exits: &[
            ("0", "all as listed"),
            ("1", "something changed or is missing, or a file has a new set-user-ID or\nset-group-ID bit; with --strict also extra paths and other permissions"),
            ("2", "something could not be read or understood"),
        ],
        verdicts: &[],
        examples: &[
            ("repro check SHA256SUMS", "Verify a list; its paths start in the current folder"),
            ("repro check dist.json --root elsewhere --strict", "Verify a copy, and take nothing that is not listed"),
        ],
    },
    Page {
        path: &["diff"],
        exits: &[
            ("0", "identical"),
            ("1", "they differ: explained, plausible or different"),
            ("2", "undetermined, or other trouble"),
        ],
        verdicts: &[
            ("identical", "the bytes are equal"),
            ("explained", "every differing byte has a cause, and a warrant for it"),
            ("plausible", "every differing byte looks like a named cause, but of some\nnothing proves it"),
            ("different", "something is not explained: treat it as tampering until shown\notherwise"),
            ("undetermined", "a limit was hit, or something could not be read"),
        ],
        examples: &[
            ("repro diff a.deb b.deb", "Why do two packages differ?"),
            ("repro diff old new --format html -o report.html", "Two folders; a page with the bytes of both sides"),
        ],
    },
    Page {
        path: &["explain"],
        exits: &[("0", "printed"), ("2", "no cause and no rule has this id")],
        verdicts: &[],
        examples: &[
            ("repro explain archive-mtime", "A cause that `repro diff` named, and its fix"),
            ("repro explain", "All causes and all rules"),
        ],
    },
    Page {
        path: &["build"],
        exits: &[
            ("0", "reproducible; with --vary: the build succeeded"),
            ("1", "unreproducible or intrinsically-unstable"),
            ("2", "build-fails, undetermined, a secret in what was made, or other trouble"),
        ],
        verdicts: &[
            ("reproducible", "every run gave the same artifacts"),
            ("unreproducible", "a variation changes the artifacts, or makes the build\nfail"),
            ("intrinsically-unstable", "two builds differ though nothing was varied"),
            ("build-fails", "it fails or hangs though nothing was varied"),
            ("undetermined", "nothing differed, but something stopped the search"),
        ],
        examples: &[
            ("repro build --artifact 'dist/*.tar.gz' -- make dist", "Which variations change what `make dist` makes?"),
            (
                "repro build --artifact app --vary time,locale --keep out -- make",
                "One run that varies only these, to look at what it makes",
            ),
        ],
    },
    Page {
        path: &["rebuild"],
        exits: &[
            ("0", "identical"),
            ("1", "it differs: the verdict says how"),
            ("2", "it could not be built again or compared, or there is no source"),
        ],
        verdicts: &[
            ("identical", "the rebuild gave the published bytes"),
            ("explained", "every differing byte has a named cause that is proved"),
            ("plausible", "every differing byte has the form of a named cause"),
            ("different", "something is not explained: the first file is named that\nneither the source nor the rebuild has"),
            ("not-built", "the build failed: the report has its last lines"),
        ],
        examples: &[
            ("repro rebuild pypi:six==1.16.0", "Does the published wheel come from its sdist?"),
            ("repro rebuild dist/app-1.0-py3-none-any.whl --source .", "Does this wheel come from this checkout?"),
        ],
    },
    Page {
        path: &["remote-check"],
        exits: &[
            ("0", "every action that was asked for gave what the cache holds;\nwith --compare: nothing missed"),
            ("1", "some did not; with --compare: some actions missed"),
            ("2", "some could not be checked, there was no time for them, or other\ntrouble"),
        ],
        verdicts: &[],
        examples: &[
            (
                "repro remote-check --remote grpcs://cache.example.org \\\n      --execution-log exec.log --sample 1% --results results.jsonl",
                "Which actions of a build are not hermetic?",
            ),
            ("repro remote-check --compare first.log second.log", "Why did the second build miss the cache of the first?"),
        ],
    },
    Page {
        path: &["init"],
        exits: &[("0", "written, or printed"), ("2", "nothing is known of the tree, or its repro.toml is there already")],
        verdicts: &[],
        examples: &[
            ("repro init", "Write what `repro build` alone would do to repro.toml"),
            ("repro init --print --preset make", "Look at another proposal"),
        ],
    },
    Page {
        path: &["ddc"],
        exits: &[
            ("0", "match or match-after-normalising"),
            ("1", "mismatch"),
            ("2", "not-deterministic, failed, or other trouble: the question stays open"),
        ],
        verdicts: &[
            ("match", "every toolchain gave the same bytes"),
            ("match-after-normalising", "the same, but for what the spec allows"),
            ("mismatch", "they differ"),
            ("not-deterministic", "the same inputs did not give the same bytes twice"),
            ("failed", "a toolchain gave no evidence"),
        ],
        examples: &[
            ("repro ddc init", "Write a commented spec, ddc.toml"),
            ("repro ddc --fetch ddc.toml", "Bring the sources, and check the compiler"),
        ],
    },
    Page {
        path: &["ddc", "init"],
        exits: &[("0", "written"), ("2", "the file is there already, or can't be written")],
        verdicts: &[],
        examples: &[
            ("repro ddc init", "Write ddc.toml"),
            ("repro ddc init -", "Print it"),
        ],
    },
    Page {
        path: &["doctor"],
        exits: PRINTED,
        verdicts: &[],
        examples: &[
            ("repro doctor", "What can `repro build` vary here?"),
            ("repro doctor --format markdown", "The same, for a bug report"),
        ],
    },
    Page {
        path: &["lint"],
        exits: &[
            ("0", "nothing found"),
            ("1", "something found; with --diff also: something would be fixed"),
            ("2", "something could not be read"),
        ],
        verdicts: &[],
        examples: &[
            ("repro lint", "The current folder"),
            ("repro lint --select 'py-*' --diff src", "What --fix would change by the rules for Python, as a patch"),
        ],
    },
    Page {
        path: &["lock"],
        exits: &[
            ("0", "written, or nothing to write"),
            ("1", "two builds differ (--build), or the lock file would change (--check)"),
            ("2", "trouble"),
        ],
        verdicts: &[],
        examples: &[
            ("repro lock --build", "Build twice, once with everything varied, and write repro.lock"),
            ("repro lock --check", "Is repro.lock true of what is built?"),
        ],
    },
    Page {
        path: &["merge"],
        exits: &[
            ("0", "every item has a line, and status 0"),
            ("1", "an item has status 1, and none has 2"),
            ("2", "an item has status 2, is missing, or contradicts itself; files of\ndifferent lists, options, commands or versions"),
        ],
        verdicts: &[
            ("same", "every item is well"),
            ("differs", "some are not"),
            ("undetermined", "of some nobody knows"),
        ],
        examples: &[
            ("repro merge shard-1.jsonl shard-2.jsonl --also html=pairs.html", "One report of two shards"),
            ("repro merge one.jsonl --list pairs.tsv --verbose", "Which items are done, and which are missing?"),
        ],
    },
    Page {
        path: &["gate"],
        exits: &[
            ("0", "pass or warn"),
            ("1", "reject"),
            ("2", "undetermined, the build fails, or other trouble"),
        ],
        verdicts: &[
            ("pass", "every artifact is as locked, or differs as the policy accepts"),
            ("warn", "some are not, and the policy only warns"),
            ("reject", "some are not"),
            ("undetermined", "an artifact could not be read"),
        ],
        examples: &[
            ("repro gate --build", "In CI: build with everything varied, compare with repro.lock"),
            ("repro gate --built out --reference release", "What lies in out; name what differs from the release"),
        ],
    },
    Page {
        path: &["attest"],
        exits: &[("0", "signed, whatever the rebuild gave"), ("2", "something could not be read or written")],
        verdicts: &[],
        examples: &[
            ("repro attest --key ~/.ssh/rebuilder --valid-days 365 --out-dir attestations", "State and sign what is locked"),
            ("repro attest --key minisign.key --failed 'make: error 2' -o failed.json", "State that the rebuild failed"),
        ],
    },
    Page {
        path: &["verify"],
        exits: &[
            ("0", "agreed"),
            ("1", "not-agreed or disputed"),
            ("2", "something could not be read, or this keyring can't meet the threshold"),
        ],
        verdicts: &[
            ("agreed", "enough distinct rebuilders state these bytes"),
            ("not-agreed", "too few do"),
            ("disputed", "enough do, but one states other bytes, contradicts itself,\nor could not be read (--no-dissent)"),
        ],
        examples: &[
            (
                "repro verify app.tar --attestations att --keyring keys.toml --threshold 2",
                "Do two rebuilders of the keyring agree on these bytes?",
            ),
            (
                "repro verify app.tar --attestations att --keyring keys.toml --threshold 2 \\\n      --source https://example.org/app.git",
                "Count only rebuilds of this source",
            ),
        ],
    },
    Page {
        path: &["history"],
        exits: &[
            ("0", "printed"),
            ("1", "--fail-below or --fail-on-regression says so"),
            ("2", "the file can't be read, or with one of these there is no run"),
        ],
        verdicts: &[],
        examples: &[
            ("repro history --since 2027-01-01", "The rate since then, and what changed at each regression"),
            ("repro history --last 20 --fail-below 0.95", "Fail below 95 % in the newest 20 runs"),
        ],
    },
    Page {
        path: &["history", "prune"],
        exits: &[("0", "removed, or nothing to remove"), ("2", "trouble")],
        verdicts: &[],
        examples: &[
            ("repro history prune --keep 500", "Keep the newest 500 runs of each project and command"),
            ("repro history prune --keep 1 --file old.sqlite", "Of another file, the newest alone"),
        ],
    },
    Page {
        path: &["schema"],
        exits: PRINTED,
        verdicts: &[],
        examples: &[
            ("repro schema diff", "What `repro diff --format json` writes"),
            ("repro schema build -o build.schema.json", "To a file"),
        ],
    },
    Page {
        path: &["completions"],
        exits: PRINTED,
        verdicts: &[],
        examples: &[
            ("repro completions bash > ~/.local/share/bash-completion/completions/repro", "For bash"),
            ("repro completions fish > ~/.config/fish/completions/repro.fish", "For fish"),
        ],
    },
    Page {
        path: &["man"],
        exits: PRINTED,
        verdicts: &[],
        examples: &[
            ("repro man diff | man -l -", "Read the page of `repro diff`"),
            ("repro man > /usr/local/share/man/man1/repro.1", "Install the page of the program"),
        ],
    },
];
