#include <time.h>
/* time(NULL) */
int late(time_t deadline) { if (time(NULL) > deadline) return TIMEOUT; return 0; }
void seed(void) { srand(time(NULL)); printf("x"); }
