#!/bin/sh
# Runs where the program is installed.
wget -O support.new https://raw.githubusercontent.com/a/b/master/support.sh
