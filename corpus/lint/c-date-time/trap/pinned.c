#undef __DATE__
#define __DATE__ "Jan  1 2024"
const char *built = __DATE__;
