CFLAGS += -flto -ffat-lto-objects
