#!/bin/sh
ar rcD lib.a a.o
