VERSION := $(file < VERSION)
HASH := $(shell git describe --abbrev=12)
FULL := $(shell git rev-parse HEAD)
