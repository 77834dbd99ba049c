#!/bin/sh
# places: 8
gzip -9 calc.1
gzip -c < calc.1 > calc.1.gz
find man -name '*.1' -exec gzip -9 {} \;
find man -name '*.5' | xargs gzip -9f
pigz --best notes
gzip -n -N calc.3
gzip -9 --no-name --name calc.4
gzip -9nN calc.5
