#!/bin/sh
#PJM --at "2026-01-01"
# flux: --begin-time="2026-01-01 00:00:00"
/opt/run
