SRCS = $(wildcard src/*.c)
OBJS = $(patsubst %.c,%.o,$(SRCS))
libx.a: $(OBJS)
	$(AR) rcD $@ $^
