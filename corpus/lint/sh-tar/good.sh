#!/bin/sh
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - dir | gzip -n > out.tar.gz
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=root:0 --group=root:0 -cJf out.tar.xz dir
find dir -type f | LC_ALL=C sort | tar --no-recursion --mtime=@0 --owner=0 --group=0 -T - -cf listed.tar
