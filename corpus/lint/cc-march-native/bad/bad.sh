#!/bin/sh
export CFLAGS="-O3 -march=native"
RUSTFLAGS="-C target-cpu=native" cargo build --release
gcc -march=native -c main.c
