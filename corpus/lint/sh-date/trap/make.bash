#!/bin/bash
if [ "$GOBUILDTIMELOGFILE" != "" ]; then
	echo $(date) start make.bash >"$GOBUILDTIMELOGFILE"
fi
