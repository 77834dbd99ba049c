archive(
    urls = ["https://example.org/x.tgz"],
    git_commit = "1f0c6a27f1a2b3c4d5e6f708192a3b4c5d6e7f80",
)
