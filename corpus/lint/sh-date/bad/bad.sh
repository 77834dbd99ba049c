#!/bin/sh
# Writes the header that the program shows its version from.
echo "#define BUILD_DATE \"$(date)\"" > version.h

built=$(date -u +%Y-%m-%d)
sed -e "s/@DATE@/$built/" calc.1.in > calc.1

gcc -DBUILT="\"on `date`\"" -c main.c

cat > banner.txt <<EOF
calc, built $(date)
EOF
