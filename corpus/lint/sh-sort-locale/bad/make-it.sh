#!/bin/sh
ls *.h | sort > headers.lst
sort -u words.txt > dictionary.txt
cut -f1 table | sort | uniq > keys.txt
ls src/*.c > sources.lst
