CFLAGS = -g -O2 -ffile-prefix-map=$(CURDIR)=.
