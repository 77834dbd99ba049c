CFLAGS += -O2 -march=x86-64-v2
