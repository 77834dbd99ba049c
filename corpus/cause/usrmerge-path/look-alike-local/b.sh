#!/bin/sh
exec /usr/local/bin/sed -n p
