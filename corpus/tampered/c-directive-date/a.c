#define A /* */ /*
// */ const char *build_date = "2026-01-01";
int x;
