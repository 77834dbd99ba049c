SRCS = $(sort $(wildcard src/*.c))
calc: $(SRCS)
	$(CC) -o $@ $^
