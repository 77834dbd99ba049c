#!/bin/sh
# gzip -9 calc.1
gzip -dc in.gz > out
gzip -d in.gz
gzip -t in.gz
gzip -l in.gz
gunzip in.gz
zcat in.gz
cat calc.1 | gzip -9 > calc.1.gz
tar --version | gzip > out.gz
gzip $GZIP_FLAGS calc.1
echo "gzip -9 calc.1"
command -v gzip
gzip --version
gzip -9 build.log
type gzip > /dev/null
if test -x /bin/gzip; then :; fi
# Sent, and in no file.
data=$(gzip -c < calc.1 | base64)
curl -d "$data" https://example.org/
gzip -c calc.1 | ssh host sh -s
