int f(int c) { const char *s = ""; switch (c) { case'"': s = "/*"; } return *s; }
const char *build_date = "2026-06-01";
/* */
int may_run(const char *today) { return __builtin_strcmp(today, build_date) < 0; }
