LDFLAGS += -Wl,--build-id=uuid
x: x.o
	$(LD) --build-id=uuid -o $@ $<
