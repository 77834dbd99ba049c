void put(FILE *f) { struct rec r; r.kind = 1; fwrite(&r, sizeof r, 1, f); }
