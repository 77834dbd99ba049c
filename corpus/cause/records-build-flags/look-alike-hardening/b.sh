#!/bin/sh
echo "-g -O2 -fno-stack-protector -Wall"
