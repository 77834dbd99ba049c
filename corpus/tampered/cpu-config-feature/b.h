#define HAVE_SETUID 1
/* #undef HAVE_AVX2 */
/* #undef HAVE_FMA */
