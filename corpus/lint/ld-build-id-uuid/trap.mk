# was --build-id=uuid
LDFLAGS += -Wl,--build-id=sha1 # not --build-id=uuid
all:
	@echo "no --build-id=uuid"
