tag:
	git tag v$(V)
# VERSION := $(shell git describe --dirty)
TOP := $(shell git rev-parse --show-toplevel)
all:
	@echo $(shell git describe --dirty)
