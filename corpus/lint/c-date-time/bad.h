#ifndef BUILD_DATE
#define BUILD_DATE __DATE__
#endif
