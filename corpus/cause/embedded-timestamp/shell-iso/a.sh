#!/bin/sh
# greet 1.4, configured on 2024-03-05T09:15:42Z
echo "hello"
