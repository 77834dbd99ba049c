#define HAVE_SSE4_2 1
/* #undef HAVE_AVX2 */
/* #undef HAVE_FMA */
