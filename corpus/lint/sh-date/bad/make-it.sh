#!/bin/sh
# Writes the header that the program shows its version from.
echo "#define BUILD_DATE \"$(date)\"" > version.h

built=$(date -u +%Y-%m-%d)
sed -e "s/@DATE@/$built/" calc.1.in > calc.1

gcc -DBUILT="\"on `date`\"" -c main.c

cat > banner.txt <<EOF
calc, built $(date)
EOF
sed -e '1,18 { s/YEAR/'`date +%Y`'/g; }' calc.po.in > calc.po
gcc -DWHEN=`date +%s` -c when.c
