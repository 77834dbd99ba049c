#!/bin/sh
echo "#define BUILD_DATE \"$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)\"" > version.h
built=$(date -u -r ChangeLog +%F)
sed -e "s/@DATE@/$built/" calc.1.in > calc.1
