#include <stdio.h>
#define BUILT "built " __DATE__
const char *built = __DATE__ " " __TIME__;
int main(void) { printf("%s %s\n", BUILT, __TIME__); return 0; }
