#!/bin/sh
LD_PRELOAD=/usr/lib/b.so exec hello
