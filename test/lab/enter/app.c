/* Four threads in a function of a library that is only in the container: a backtrace names it only if it was read there. */
#include <pthread.h>
#include <time.h>

void wait_inside(const struct timespec *pause);

static void *serve(void *thread) {
  const struct timespec pause = {0, 200000};
  for (;;) wait_inside(&pause);
}

int main(void) {
  pthread_t made;
  for (long thread = 1; thread < 4; thread++) pthread_create(&made, 0, serve, (void *)thread);
  serve(0);
}
