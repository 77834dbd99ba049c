void a(FILE *f) { static struct rec r; fwrite(&r, sizeof r, 1, f); }
void b(FILE *f) { struct rec r; memset(&r, 0, sizeof r); fwrite(&r, sizeof r, 1, f); }
void c(FILE *f, struct rec r) { fwrite(&r, sizeof r, 1, f); }
/* struct rec r; fwrite(&r, sizeof r, 1, f); */
void d(FILE *f) { int n; n = 1; fwrite(&n, sizeof n, 1, f); }
