CFLAGS = -g -O2
