#!/bin/sh
exec /opt/one/bin/hello "$@"
