#!/bin/sh
# find . -name "*.c" | xargs cat > all.c
find . -name "*.o" | xargs rm -f
find . -type f -exec chmod 644 {} +
find . -name "*.pyc" -delete
find src -name '*.c' | wc -l
find . -name core | grep -q . && exit 1
find src -name '*.c' | xargs grep -l main
find . -name '*.sh' | xargs shellcheck
for f in $(find . -name '*.orig'); do rm "$f"; done
find src -type f | xargs sha256sum | sort > sums.txt
find . -name '*.h' | while read -r f; do touch "$f"; done
newest=$(find . -newer stamp | head -n 1)
if [ -n "$(find . -name x)" ]; then echo "there: $(find . -name x)"; fi
echo 'find . | xargs cat > all'
cat <<'EOF'
find . | xargs cat > all.c
EOF
ls parts | xargs rm
find src -name '*.h' -printf '%P\0' | tar -C src --null --files-from - -c | tar -C dest -x
files=`find stage2-* -name "*.o" -print`
for file in $files; do
    cmp stage1/$file $file || echo "$file differs" >> .bad_compare
done
