LDFLAGS += -Wl,--build-id=sha1
