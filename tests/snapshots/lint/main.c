#include <stdio.h>
int main(void) {
    printf("tool 1.00, %s\n", __DATE__);
    return 0;
}
