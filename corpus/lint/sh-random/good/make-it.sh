#!/bin/sh
echo "id=$(uuidgen --sha1 -n @url -N calc)" > build.conf
