#!/bin/sh
# Brings the newest sources into the tree, to be committed.
git clone https://example.org/zlib "$WORKDIR/zlib"
