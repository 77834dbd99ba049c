#!/bin/sh
echo "id=$(uuidgen)" > build.conf
