year=2023
[ "$TZ" = UTC ] && year=$(date -u +%Y)
echo "$year" > out.txt
