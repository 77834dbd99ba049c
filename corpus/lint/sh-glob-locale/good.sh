#!/bin/sh
export LC_ALL=C; cat [a-z]*.txt > all.txt
