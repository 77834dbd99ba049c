#!/bin/sh
exec /opt/one/bin/hullo "$@"
