#!/bin/sh
ar rcU lib.a a.o
"$AR" -rcU lib2.a b.o
