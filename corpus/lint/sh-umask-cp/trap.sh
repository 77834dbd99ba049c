#!/bin/sh
# cp x $DESTDIR/usr
cp a b
echo "cp x $DESTDIR/"
cp $DESTDIR/x y
cp -p x $DESTDIR/usr
