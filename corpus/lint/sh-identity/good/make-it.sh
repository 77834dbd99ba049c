#!/bin/sh
echo "built by package" >> banner.txt
