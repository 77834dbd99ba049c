CFLAGS += -flto -ffat-lto-objects -frandom-seed=$@
