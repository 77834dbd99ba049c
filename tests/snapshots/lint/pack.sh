#!/bin/sh
date >stamp.h
gzip -9 README
