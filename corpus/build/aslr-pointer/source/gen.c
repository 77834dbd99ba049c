#include <stdio.h>

int main(void)
{
    printf("node_%p\n", (void *)main);
    return 0;
}
