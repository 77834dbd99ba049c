#!/bin/sh
# A machine that tests are run in.
find . | cpio -H newc -o | gzip > ../xen-rootfs.cpio.gz
