#!/bin/sh
BUILD_ID=`date +%s`
if [ -n "$SOURCE_DATE_EPOCH" ]; then
  BUILD_ID=$(date -u -d "@$SOURCE_DATE_EPOCH" +%s)
fi
echo "#define BUILD_ID \"$BUILD_ID\"" >> release.h
