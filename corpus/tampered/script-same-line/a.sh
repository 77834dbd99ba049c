#!/bin/sh
hello --built 2020-09-13 --quiet
