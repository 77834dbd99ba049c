# do not use -march=native here
CFLAGS += -O2 # not -march=native
ifdef NATIVE
CFLAGS += -march=native
endif
ifeq ($(ENABLE_NATIVE),1)
CFLAGS += -march=native
endif
NATIVE_FLAGS = -march=native
help:
	@echo "CFLAGS=-march=native makes it faster"
native: CFLAGS += -march=native
CFLAGS += -march=native-like
all:
	grep -q -- -march=native Makefile
