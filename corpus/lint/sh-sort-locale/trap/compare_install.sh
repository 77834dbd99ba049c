#!/bin/sh
# Both lists are made by the same run.
(cd "$1" && find .) | sort >p1.txt
(cd "$2" && find .) | sort >p2.txt
diff -u p1.txt p2.txt
