#define HAVE_AVX2 1
#define HAVE_SSL 1
