#include <stdio.h>
#include "config.h"

int main(void)
{
    puts(HOST);
    return 0;
}
