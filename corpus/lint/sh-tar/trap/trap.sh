#!/bin/sh
# tar czf out.tar.gz dir
tar cf - src | tar xf - -C dest
(cd src && tar cf - .) | (cd dest && tar xf -)
tar cf - src | ssh host tar xf -
tar xzf in.tar.gz
tar -xf in.tar -C c
tar --extract --file in.tar
tar tf in.tar
tar -C dest -xzf c.tar.gz
tar $TAR_OPTS -cf out.tar dir
tar "${args[@]}" -cf out.tar dir
tar czf /tmp/scratch.tar.gz dir
tar czf "$backup" dir
bsdtar -cf out.tar dir
echo "tar czf out.tar.gz dir"
cat <<'EOF'
tar czf out.tar.gz dir
EOF
target=cf
start tar
