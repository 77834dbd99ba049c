#!/bin/sh
mkdir -p $DESTDIR/usr/share/calc; cp x $DESTDIR/usr/share/calc/
