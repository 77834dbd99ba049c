#!/bin/sh
. /tmp/build-release
