/* "%p" */
void name(struct node *n) { fprintf(stderr, "debug %p", n); debug("%p", n); }
