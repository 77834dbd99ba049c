#include <assert.h>
void f(int x) { assert(x); }
