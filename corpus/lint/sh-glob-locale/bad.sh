#!/bin/sh
cat [a-z]*.txt > all.txt
tar --sort=name -cf x.tar [A-Z]*
