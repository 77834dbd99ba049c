#include <locale.h>
#include <stdio.h>

int main(void)
{
    setlocale(LC_ALL, "");
    printf("#define HALF %.1f\n", 0.5);
    return 0;
}
