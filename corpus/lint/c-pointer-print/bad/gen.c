void name(FILE *out, struct node *n) { fprintf(out, "node_%p", n); }
