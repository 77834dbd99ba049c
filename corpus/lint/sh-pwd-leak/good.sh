#!/bin/sh
sed "s|@ROOT@|/usr/share/calc|" calc.in > calc.sh
