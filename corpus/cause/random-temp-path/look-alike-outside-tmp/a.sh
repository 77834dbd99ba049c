#!/bin/sh
exec /usr/bin/ccAbCdEf
