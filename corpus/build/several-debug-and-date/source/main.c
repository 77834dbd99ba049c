#include <stdio.h>

int main(void)
{
    puts(__TIME__);
    return 0;
}
