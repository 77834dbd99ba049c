# -g is set by dpkg-buildflags
# CFLAGS = -g
GREP = grep -g
CFLAGS = -O2 -g0 -gsplit
OPTS = -g
