/* we used to print __DATE__ here */
// and __TIME__ \
   there: __DATE__
const char *s = "__DATE__";
const char *t = "\"" "__TIME__";
#ifdef __DATE__
int has_date;
#endif
#if defined(__DATE__) && defined(__TIME__)
int has_both;
#endif
#if 0
const char *never = __DATE__;
#endif
#pragma GCC diagnostic ignored "-Wno-date-time"
int MY__DATE__x, __DATE__2;
#ifdef SOURCE_DATE_EPOCH
const char *d = SOURCE_DATE;
#else
const char *d = __DATE__;
#endif
int quote = '"';
/* __TIME__ */
char room[sizeof(__DATE__) + sizeof(__TIME__)];
