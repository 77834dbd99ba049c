#include <stdio.h>
#include <unistd.h>

int main(void)
{
    FILE *out = fopen("out.txt", "w");

    fprintf(out, "build %d\n", (int)getpid());
    return fclose(out);
}
