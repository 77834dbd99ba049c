#!/bin/sh
LD_PRELOAD=/usr/lib/a.so exec hello
