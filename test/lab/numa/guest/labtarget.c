// labtarget FILE: four threads that work and write how far they are, for debuggers to be tried on.
// FILE holds one 64-bit counter; it stands still while the process is stopped.
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static volatile uint64_t *progress;

// A place for a hot breakpoint.
__attribute__((noinline)) void step(void) { __atomic_add_fetch(progress, 1, __ATOMIC_RELAXED); }

static void *work(void *name) {
  prctl(PR_SET_NAME, name);
  for (;;) {
    step();
    getppid();
    usleep(20000);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: labtarget FILE\n"), 2;
  int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || ftruncate(fd, sizeof *progress) != 0) return perror(argv[1]), 1;
  progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (progress == MAP_FAILED) return perror("mmap"), 1;
  pthread_t thread;
  char *names[] = {"work-a", "work-b", "work-c"};
  for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, work, names[i]);
  work("labtarget");
}
