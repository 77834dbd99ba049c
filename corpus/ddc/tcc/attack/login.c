/* A toy, the victim of the attack: one word as argument, compared with a stored one. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const char word[] = "swordfish";

    if (argc == 2 && strcmp(argv[1], word) == 0) {
        puts("welcome");
        return 0;
    }
    puts("denied");
    return 1;
}
