# LDFLAGS += -flto
LDFLAGS += -flto
# CFLAGS += -flto -ffat-lto-objects
ifdef COVERAGE
CFLAGS += --coverage
endif
all:
	@echo --coverage
