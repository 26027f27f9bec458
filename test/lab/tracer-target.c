/* Four threads that call tick() a few thousand times a second each: a breakpoint in it is hit at once, in all of them. */
#include <pthread.h>
#include <time.h>

volatile unsigned long progress[4];

__attribute__((noinline)) void tick(long thread) { progress[thread]++; }

static void *work(void *thread) {
  const struct timespec pause = {0, 200000};
  for (;;) {
    tick((long)thread);
    nanosleep(&pause, 0);
  }
}

int main(void) {
  pthread_t made;
  for (long thread = 1; thread < 4; thread++) pthread_create(&made, 0, work, (void *)thread);
  work((void *)0);
}
