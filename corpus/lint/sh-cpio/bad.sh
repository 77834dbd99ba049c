#!/bin/sh
find . | cpio -o -H newc > initrd
find . -print0 | sort -z | cpio -0oH newc | gzip -n > initrd.gz
cpio --create --format=newc < list > other
