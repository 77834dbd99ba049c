#include <dirent.h>
#include <stdio.h>
int main(void) {
    DIR *d = opendir(".");
    struct dirent *e;
    while ((e = readdir(d)))
        printf("\"%s\",\n", e->d_name);
    return 0;
}
