#!/bin/sh
exec /usr/bin/sed -n p
