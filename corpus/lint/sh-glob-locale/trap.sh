#!/bin/sh
grep "[a-z]" f
# cat [a-z]*.txt > all.txt
cat "[a-z].txt" > all.txt
case $x in [a-z]*) ;; esac
tr '[a-z]' '[A-Z]' < a > b
cat [[:lower:]]*.txt > all.txt
rm [a-z]*.o
