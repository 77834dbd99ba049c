#include <string.h>
void f(char *p, const char *s) {
    strncpy(p, s, 15);
    memset(p, 0, 16);
}
