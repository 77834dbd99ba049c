#!/bin/sh
srcdir=/srv/evil/src
. "$srcdir/x"
