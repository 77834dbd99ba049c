#!/bin/sh
/usr/bin/tac "$1"
