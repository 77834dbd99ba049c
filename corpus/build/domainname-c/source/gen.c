#define _DEFAULT_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char name[128];

    if (getdomainname(name, sizeof name) != 0)
        return 1;
    printf("#define DOMAIN \"%s\"\n", name);
    return 0;
}
