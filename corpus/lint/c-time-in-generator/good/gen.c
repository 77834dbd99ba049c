#include <stdio.h>
#include <time.h>
void head(FILE *o) { const char *e = getenv("SOURCE_DATE_EPOCH"); time_t t = e ? strtoll(e, 0, 10) : time(NULL); fprintf(o, "built %s", ctime(&t)); }
