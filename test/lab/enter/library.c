#include <time.h>

__attribute__((noinline)) void wait_inside(const struct timespec *pause) {
  nanosleep(pause, 0);
  __asm__ volatile("");
}
