#!/bin/sh
cpack --version
cmake --build build --target all
cmake --build build --target install
