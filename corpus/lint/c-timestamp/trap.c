// __TIMESTAMP__ is forbidden
int MY__TIMESTAMP__x = 0;
const char *s = "__TIMESTAMP__";
#ifdef __TIMESTAMP__
#endif
#if 0
const char *t = __TIMESTAMP__;
#endif
