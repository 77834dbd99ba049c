CFLAGS += -O2 -march=native
main.o:
	$(CC) -mtune=native -c main.c
ifeq ($(ARCH),x86_64)
CXXFLAGS += -mcpu=native
endif
