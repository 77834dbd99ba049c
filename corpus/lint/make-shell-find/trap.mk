clean:
	rm -f $(shell find . -name "*.o")
# SRCS := $(shell find src -name "*.c")
GOFILES := $(shell find . -name '*.go')
calc: $(GOFILES)
	go build -o $@ ./cmd/calc
TESTS := $(shell find t -name '*.t')
test: $(TESTS)
	prove $(TESTS)
CLEANFILES = $(shell find . -name '*~')
fmt:
	gofmt -l $(GOFILES)
JUNK := $(shell find . -name core)
ifneq ($(JUNK),)
$(warning there is a core)
endif
HEADERS = $(shell find include -name '*.h')
HEADERS_SORTED = $(sort $(HEADERS))
all.h:
	cat $(HEADERS_SORTED) > $@
