#!/bin/sh
#OAR -r "2026-06-01 00:00:00"
/opt/run
