#include <stdio.h>
#include <time.h>
void show(void) { time_t t = time(NULL); printf("%s", ctime(&t)); }
