CPPFLAGS += -I$(CURDIR)/include -DNDEBUG
CFLAGS += -ffile-prefix-map=$(CURDIR)=.
# CPPFLAGS += -DDATADIR="\"$(CURDIR)/data\""
CMAKE_FLAGS = -DFOO_DIR=$(CURDIR)/foo
TOP := $(abspath .)
CPPFLAGS += -DTEST_DATA=\"$(CURDIR)/t\"
configure:
	cd $(CURDIR) && cmake -DCMAKE_INSTALL_PREFIX=$(CURDIR)/out -DX_DIR=$(CURDIR)/x .
	dh_auto_configure -- -DX_DIR=$(CURDIR)/x
	$(MAKE) -C $(PWD) DESTDIR=$(CURDIR)/debian/tmp
check:
	$(CC) -DROOT=\"$(PWD)\" -c t.c
calc.o: CFLAGS += -DSTDUTILS=\"$(CURDIR)/util.h\"
