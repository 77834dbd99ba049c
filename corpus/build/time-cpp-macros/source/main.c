#include <stdio.h>

int main(void)
{
    puts("built " __DATE__ " " __TIME__);
    return 0;
}
