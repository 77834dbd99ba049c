CFLAGS = -O2 -march=skylake -fno-stack-protector
