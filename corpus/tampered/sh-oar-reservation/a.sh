#!/bin/sh
#OAR -r "2026-01-01 00:00:00"
/opt/run
