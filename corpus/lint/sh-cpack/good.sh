#!/bin/sh
export SOURCE_DATE_EPOCH=1700000000
cmake --build build
cd build && cpack -G TGZ
