ARFLAGS = rcD
lib.a: a.o
	ar rcD $@ $^
