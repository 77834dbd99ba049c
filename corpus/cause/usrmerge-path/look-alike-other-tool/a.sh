#!/bin/sh
/bin/cat "$1"
