#!/bin/sh
write_header() {
    echo "/* generated */"
    printf '#define BUILT "%s"\n' "$(date '+%F %T')"
}
write_header > config.h
export BUILD_DATE=$(date +%s)
go build -ldflags "-X main.buildDate=$(date +%F)" ./cmd/calc
date +%Y%m%d | tr -d '\n' > version.txt
