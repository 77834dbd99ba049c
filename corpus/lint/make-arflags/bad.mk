ARFLAGS = rcU
lib.a: a.o
	ar rcU $@ $^
lib2.a: b.o
	@$(AR) -cruU $@ $^
