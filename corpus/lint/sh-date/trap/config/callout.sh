#!/bin/sh
# Run where the program is installed, for each client.
key=$state/$2
date=$(date '+%s')
echo "statd-state@$date" > "$key"
