#!/bin/sh
hello --built 2020-09-14 --shell
