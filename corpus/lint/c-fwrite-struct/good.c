void put(FILE *f) { struct rec r = {0}; r.kind = 1; fwrite(&r, sizeof r, 1, f); }
