# places: 2
BUILD_TIME := $(shell date -u +%FT%TZ)
LDFLAGS = -X main.version=1 -X main.date=$(BUILD_TIME)
OTHER = -ldflags "-X main.when=$(shell date +%s)"
