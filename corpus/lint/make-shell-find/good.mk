SRCS := $(sort $(shell find src -name "*.c"))
OTHERS := $(shell find src -name "*.c" | LC_ALL=C sort)
calc: $(SRCS) $(OTHERS)
	$(CC) -o $@ $^
