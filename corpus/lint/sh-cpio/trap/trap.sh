#!/bin/sh
# find . | cpio -o > initrd
cpio -idm < in.cpio
find . | cpio -pdm ../dest
cpio -it < in.cpio
find . | cpio -o | (cd ../dest && cpio -i)
find . | cpio -o > /dev/null
cpio -iO x
echo "cpio -o > initrd"
