#!/bin/sh
# greet 1.4, configured on 2024-11-20T17:48:03Z
echo "hello"
