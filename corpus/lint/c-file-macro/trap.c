/* __FILE__ */
// assert(x)
#ifdef __FILE__
#endif
const char *s = "__FILE__";
int assert;
static_assert(1, "x");
#include <assert.h>
