#!/bin/sh
export LC_ALL=C
ls *.h | sort > headers.lst
sort words > dictionary.txt
