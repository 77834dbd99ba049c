#include <stdio.h>
#include <time.h>

int main(void)
{
    printf("#define STAMP %ldL\n", (long)time(NULL));
    return 0;
}
