#!/bin/sh
tar czf out.tar.gz dir
tar -cJf out.tar.xz --owner=0 --group=0 dir
tar cf - dir | gzip -n > piped.tar.gz
$TAR -c -f out.tar --sort=name dir
