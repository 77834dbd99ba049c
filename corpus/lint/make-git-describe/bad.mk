VERSION := $(shell git describe --dirty)
HASH := $(shell git rev-parse --short HEAD)
