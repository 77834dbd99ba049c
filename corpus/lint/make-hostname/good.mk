CPPFLAGS += -DHOST="\"unknown\""
