OS := $(shell uname -s)
ARCH := $(shell uname -m)
CPPFLAGS += -DOS=\"$(OS)\" -DARCH=\"$(ARCH)\"
# CPPFLAGS += -DHOST="\"$(shell hostname)\""
KVER := $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
all:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
	@echo "hello $(USER)"
	chown $(USER) out
ifeq ($(shell whoami),root)
SUDO =
endif
$(info built by $(USER))
