ifneq ($(wildcard config.mk),)
include config.mk
endif
-include $(wildcard *.d)
# SRCS = $(wildcard src/*.c)
X = $(if $(wildcard src/x.c),yes)
clean:
	rm -f $(wildcard *.o)
DOCS = $(wildcard doc/*.1)
install: $(DOCS)
	install -m 644 $(DOCS) $(DESTDIR)/usr/share/man/man1
