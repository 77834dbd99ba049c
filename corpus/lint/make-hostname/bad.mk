CPPFLAGS += -DHOST="\"$(shell hostname)\""
CPPFLAGS += -DKERNEL="\"$(shell uname -r)\"" -DBY="\"$(USER)\""
WHO := $(shell whoami)@`hostname`
config.h:
	echo '#define BY "$(WHO)"' > $@
