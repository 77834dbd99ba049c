CFLAGS = -O2 -march=haswell -fstack-protector
