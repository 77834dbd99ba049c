CPPFLAGS += -DDATADIR="\"$(CURDIR)/data\""
DEFS = -DTOP=\"$(abspath .)\" -DHERE=\"$(shell pwd)\"
main.o: main.c
	$(CC) -DROOT=\"$(PWD)\" -c $<
