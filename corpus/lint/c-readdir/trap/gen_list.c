#include <dirent.h>
// readdir order is unspecified
int count(const char *p) {
    DIR *d = opendir(p);
    int n = 0;
    while (readdir(d)) n++;
    return n;
}
void wipe(const char *p) {
    DIR *d = opendir(p);
    struct dirent *e;
    while ((e = readdir(d))) unlink(e->d_name);
    fprintf(stderr, "wiped with readdir\n");
}
