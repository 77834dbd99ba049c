#!/bin/sh
srcdir=/srv/app/src
. "$srcdir/x"
