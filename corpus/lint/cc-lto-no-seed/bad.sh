#!/bin/sh
gcc --coverage -c x.c
