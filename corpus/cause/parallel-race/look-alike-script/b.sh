#!/bin/sh
chmod 600 out/table
mkdir -p out
mv out/table out/t
cp table out/
