#!/bin/sh
PATH=/usr/bin:/bin
hello
