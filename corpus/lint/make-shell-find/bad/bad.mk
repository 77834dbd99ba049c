SRCS := $(shell find src -name "*.c")
OBJS := $(SRCS:.c=.o)
calc: $(OBJS)
	$(CC) -o $@ $^
libx.a:
	$(AR) rcD $@ $(shell find objs -name '*.o')
