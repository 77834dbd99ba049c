#!/bin/sh
. /tmp/build-hostile
