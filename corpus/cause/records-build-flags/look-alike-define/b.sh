#!/bin/sh
echo "-g -O2 -DKEY=2 -Wall"
