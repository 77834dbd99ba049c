#include <stdio.h>

int main(void)
{
    puts(__FILE__);
    return 0;
}
