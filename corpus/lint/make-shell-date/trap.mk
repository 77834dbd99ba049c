UPDATE = update
# date of release is in NEWS
# CPPFLAGS += -DBUILD_DATE="\"$(shell date)\""
NOW := $(shell date +%Y%m%d)
dist:
	tar --sort=name -cf calc-$(NOW).tar calc
START := $(shell date +%s)
all:
	@echo "started at $(START)"
	@echo "done at $(shell date)" >> build.log
$(info now it is $(shell date))
ifndef SOURCE_DATE_EPOCH
STAMP := $(shell date +%s)
CPPFLAGS += -DSTAMP=$(STAMP)
endif
SOURCE_DATE_EPOCH ?= $(shell date +%s)
DAY := $(shell date -d "@$(SOURCE_DATE_EPOCH)")
ifeq ($(shell date +%a),Fri)
CFLAGS += -O2
endif
UPDATED := $(shell echo candidate)
CPPFLAGS += -DU=$(UPDATED)
test:
	echo '$(NOW)' > now.txt
built-stamp:
	echo $(NOW) > $@
