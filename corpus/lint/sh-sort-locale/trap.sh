#!/bin/sh
# sort words > words.txt
sort -n numbers > numbers.txt
sort -u words | wc -l > count.txt
sort -k2,2n table > table.txt
ls -l
sort words
if ls *.c | sort | grep -q main; then echo yes; fi
sort words > /tmp/words
tmp=$(mktemp)
sort words > "$tmp"
echo "sort words" > hint.txt
sort -c words > sorted.txt
ls -t | head -n 1 > newest.txt
