#!/bin/sh
ls *.h | LC_ALL=C sort > headers.lst
LC_ALL=C sort -u words.txt > dictionary.txt
env LC_ALL=C sort words.txt > dictionary2.txt
