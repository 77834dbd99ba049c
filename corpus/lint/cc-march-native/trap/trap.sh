#!/bin/sh
# export CFLAGS="-march=native"
echo "try CFLAGS=-march=native"
while [ $# -gt 0 ]; do
    case $1 in
        --native) CFLAGS="$CFLAGS -march=native" ;;
    esac
    shift
done
if [ "$native" = yes ]; then
    CFLAGS="$CFLAGS -march=native"
fi
cat <<'EOF'
CFLAGS="-march=native"
EOF
echo "$CFLAGS" | grep -q -- -march=native && exit 1
message='do not use -march=native'
