#!/bin/sh
cd /var/cache/tool
rm -rf ./old
cp -r /etc/tool ./old
