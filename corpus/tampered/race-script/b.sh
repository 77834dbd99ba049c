#!/bin/sh
mkdir out
cp table out
chmod 600 out/table
mv out dist
rm -rf out
