#define A /* */ /*
// */ const char *build_date = "2026-06-01";
int x;
