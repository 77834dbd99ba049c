#!/bin/sh
echo "-g -O2 -DKEY=1 -Wall"
