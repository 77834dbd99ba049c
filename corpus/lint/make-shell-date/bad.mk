CPPFLAGS += -DBUILD_DATE="\"$(shell date)\""
NOW := $(shell date +%F)
TODAY != date +%F
QUOTED = -DDAY=\"`date +%a`\"

version.h:
	echo '#define BUILT "$(NOW)"' > $@

calc.1: calc.1.in
	sed -e 's/@DATE@/$(TODAY)/' $< > $@

main.o: main.c
	$(CC) -DWHEN=\"$(shell date +%s)\" -c main.c
