#!/bin/sh
# ar rcU lib.a
ar rc x
ar t lib.a
tar rcU
echo "ar rcU lib.a a.o"
ar x U
var rcU
