#define HAVE_AVX2 1
/* #undef HAVE_SSL */
