#include <stdio.h>
#include <sys/sysinfo.h>

int main(void)
{
    struct sysinfo info;

    if (sysinfo(&info) != 0)
        return 1;
    printf("up for %ld s\n", info.uptime);
    return 0;
}
