#!/bin/sh
. /tmp/other.sh
