#!/bin/sh
# Run by hand, to mark a commit.
mailaddr="$USER@example.org"
cat <<END >>"$1"
Autobuild-User: $mailaddr on $(hostname)
END
