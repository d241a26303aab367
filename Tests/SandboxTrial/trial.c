#define _GNU_SOURCE
#include "sandbox_trial.h"

#include "scanner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int result(long answer) { return answer < 0 ? errno : 0; }

static int try_memory(size_t bytes) {
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return errno;
    memset(memory, 1, bytes);
    return 0;
}

static int run(enum till_trial trial, pid_t parent, uint64_t memory_bytes) {
    char *arguments[] = {"/bin/true", NULL};
    switch (trial) {
    case TILL_TRIAL_NOTHING: return 0;
    case TILL_TRIAL_OPEN_FILE: return result(open("/etc/passwd", O_RDONLY));
    case TILL_TRIAL_LIST_FOLDER: return opendir("/") ? 0 : errno;
    case TILL_TRIAL_SOCKET: return result(socket(AF_INET, SOCK_STREAM, 0));
    case TILL_TRIAL_FORK: return result(fork());
    case TILL_TRIAL_EXECUTE: return result(execv(arguments[0], arguments));
    case TILL_TRIAL_SIGNAL_PARENT: return result(kill(parent, 0));
    case TILL_TRIAL_TRACE_PARENT: return result(ptrace(PTRACE_ATTACH, parent, NULL, NULL));
    case TILL_TRIAL_TERMINAL_IOCTL: return result(ioctl(0, TIOCSTI, "x"));
    case TILL_TRIAL_EXECUTABLE_MEMORY:
        return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                    0) == MAP_FAILED
                   ? errno
                   : 0;
    case TILL_TRIAL_MUCH_MEMORY: return try_memory(memory_bytes + (1 << 20));
    case TILL_TRIAL_SOME_MEMORY: return try_memory(memory_bytes / 2);
    case TILL_TRIAL_NAMESPACE: return result(unshare(CLONE_NEWUSER));
    case TILL_TRIAL_ENDLESS_LOOP:
        till_processor_alarm(50);
        for (volatile unsigned turns = 0;; turns++) {}
    }
    return EINVAL;
}

int till_sandbox_try(enum till_trial trial, uint64_t memory_bytes, int *status) {
    pid_t child = fork();
    if (child < 0) return errno;
    if (child == 0) {
        struct till_sandbox_limits limits = {
            .memory_bytes = memory_bytes,
            .processor_seconds = 60,
        };
        struct till_sandbox_state state;
        /* Asked before the walls go up: this call too is forbidden behind them. */
        pid_t parent = getppid();
        if (till_sandbox_enter(&limits, &state)) _exit(200);
        _exit(run(trial, parent, memory_bytes));
    }
    while (waitpid(child, status, 0) < 0)
        if (errno != EINTR) return errno;
    return 0;
}
