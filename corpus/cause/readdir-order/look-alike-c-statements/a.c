#include <string.h>
void f(char *p, const char *s) {
    memset(p, 0, 16);
    strncpy(p, s, 15);
}
