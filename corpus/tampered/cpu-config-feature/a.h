#define HAVE_SSE4_2 1
#define HAVE_AVX2 1
#define HAVE_FMA 1
