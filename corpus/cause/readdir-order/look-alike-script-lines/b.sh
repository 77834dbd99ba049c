#!/bin/sh
rm -rf ./old
cp -r /etc/tool ./old
cd /var/cache/tool
