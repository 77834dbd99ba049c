SRCS = $(wildcard src/*.c)
