#include <stdio.h>
#include <x86intrin.h>

int main(void)
{
    printf("%llu\n", __rdtsc());
    return 0;
}
