TARFLAGS = cU
all:
	tar rcU
	echo "ar rcU"
	ar t libU.a
	ar rc libU.a a.o
# var rcU
# ARFLAGS = rcU
