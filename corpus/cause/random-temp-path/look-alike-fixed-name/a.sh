#!/bin/sh
. /tmp/setup.sh
