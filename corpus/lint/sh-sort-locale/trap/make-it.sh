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
LC_ALL=en_US.UTF-8 sort words > swedish.txt
size=`ls -ksl $1 | awk '{print $1}'`
echo "size $size" > size.txt
( ls *.po | cut -d. -f1 ) | LC_ALL=C sort > LINGUAS
sort words > first
sort others > second
comm first second
rm -f first second
