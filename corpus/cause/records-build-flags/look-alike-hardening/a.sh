#!/bin/sh
echo "-g -O2 -fstack-protector-strong -Wall"
