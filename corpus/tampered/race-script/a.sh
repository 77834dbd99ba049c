#!/bin/sh
rm -rf out
mkdir out
cp table out
chmod 600 out/table
mv out dist
