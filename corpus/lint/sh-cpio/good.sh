#!/bin/sh
find . | LC_ALL=C sort | cpio -o -H newc --reproducible -R 0:0 > initrd
