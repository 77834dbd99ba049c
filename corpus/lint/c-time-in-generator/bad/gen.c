#include <stdio.h>
#include <time.h>
void head(FILE *o) { time_t t = time(NULL); fprintf(o, "built %s", ctime(&t)); }
