SRCS := $(shell find src -name "*.c")
