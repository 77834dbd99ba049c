#!/bin/sh
# echo "$(date)" > version.h
NOW=${SOURCE_DATE_EPOCH:-$(date +%s)}
echo "candidate updates" # date
echo "stamp=$NOW" > stamp.conf

# Time that it takes.
start=$(date +%s)
make
end=$(date +%s)
echo "took $((end - start)) s"
echo "took $((end - start)) s" > /dev/null

# For whoever reads along.
echo "started at $(date)"
echo "[$(date)] compiling" >> build.log
date >> "$LOG"
echo "at $(date)" >&2

if [ -n "$SOURCE_DATE_EPOCH" ]; then
    day=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)
else
    day=$(date -u +%F)
fi
echo "$day" > day.txt

cat <<'EOF' > hint.txt
Say $(date) to see the time.
EOF
echo 'now=$(date)' > later.sh

# The name of a file, and files that nobody ships.
tmp=$(mktemp)
date > "$tmp"
cp calc "calc-$(date +%Y%m%d)"
candidate=update
grep -q date notes.txt
