#!/bin/sh
gzip -9n calc.1
gzip -n -c < calc.1 > calc.1.gz
find man -name '*.1' -exec gzip -9n {} \;
gzip --best --no-name notes
gzip -N -n calc.3
gzip -Nn9 calc.4
