#define _GNU_SOURCE
#include "scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/videodev2.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

int till_close_from(int first) {
    return syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0 ? 0 : errno;
}

int till_processor_alarm(uint32_t milliseconds) {
    struct itimerval timer = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000},
    };
    /* SIGPROF ends a process that has no handler for it. */
    return setitimer(ITIMER_PROF, &timer, NULL) == 0 ? 0 : errno;
}

static int set_limit(int resource, rlim_t value) {
    struct rlimit old;
    if (getrlimit(resource, &old) != 0) return errno;
    /* A limit that is narrower already is not widened. */
    if (old.rlim_max != RLIM_INFINITY && old.rlim_max < value) value = old.rlim_max;
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

static int limit_resources(const struct till_sandbox_limits *limits) {
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    char text[128];
    ssize_t got = read(file, text, sizeof text - 1);
    close(file);
    if (got <= 0) return EIO;
    text[got] = 0;
    unsigned long pages;
    if (sscanf(text, "%lu", &pages) != 1) return EPROTO;
    rlim_t mapped = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    int error;
    if ((error = set_limit(RLIMIT_AS, mapped + limits->memory_bytes))) return error;
    if ((error = set_limit(RLIMIT_CPU, limits->processor_seconds))) return error;
    if ((error = set_limit(RLIMIT_CORE, 0))) return error;
    if ((error = set_limit(RLIMIT_FSIZE, 0))) return error;
    if ((error = set_limit(RLIMIT_MEMLOCK, 0))) return error;
    return set_limit(RLIMIT_NOFILE, 16);
}

/* Every right over files that the kernel's version of Landlock knows; no rule gives one back. */
static int close_file_system(int *version) {
    *version = 0;
    long known = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (known < 1) return 0; /* not in this kernel, or switched off */
    __u64 rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* version 1: the first 13 */
    if (known >= 2) rights |= 1ULL << 13;                  /* REFER */
    if (known >= 3) rights |= 1ULL << 14;                  /* TRUNCATE */
    struct landlock_ruleset_attr attributes = {.handled_access_fs = rights};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0) return errno;
    int error = syscall(SYS_landlock_restrict_self, rules, 0) == 0 ? 0 : errno;
    close(rules);
    if (!error) *version = (int)known;
    return error;
}

/* What is allowed whatever its arguments. */
static const int plain_calls[] = {
    /* what is open already */
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat),
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll),
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* time, and being one thread */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(setitimer), SCMP_SYS(getrusage),
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall), SCMP_SYS(getrandom),
    /* an orderly end, and abort() */
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(getpid), SCMP_SYS(gettid),
};

/* What libraries ask for on their own account and do without: refused, not deadly. The first lot
 * would open files, the second tells of the machine. */
static const int refused_calls[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_getaffinity), SCMP_SYS(prctl),
    SCMP_SYS(getuid), SCMP_SYS(geteuid),
};

static const unsigned long camera_requests[] = {
    VIDIOC_QUERYCAP, VIDIOC_ENUM_FMT, VIDIOC_G_FMT, VIDIOC_S_FMT, VIDIOC_G_PARM, VIDIOC_S_PARM,
    VIDIOC_REQBUFS, VIDIOC_QUERYBUF, VIDIOC_QBUF, VIDIOC_DQBUF, VIDIOC_STREAMON, VIDIOC_STREAMOFF,
    VIDIOC_QUERYCTRL, VIDIOC_G_CTRL, VIDIOC_S_CTRL,
};

static int add_rules(scmp_filter_ctx filter) {
    int error = 0;
    for (size_t index = 0; index < sizeof plain_calls / sizeof *plain_calls && !error; index++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain_calls[index], 0);
    for (size_t index = 0; index < sizeof refused_calls / sizeof *refused_calls && !error; index++)
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused_calls[index], 0);
    size_t requests = sizeof camera_requests / sizeof *camera_requests;
    for (size_t index = 0; index < requests && !error; index++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                 SCMP_A1_32(SCMP_CMP_EQ, camera_requests[index]));
    /* No memory becomes code. */
    if (!error)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (!error)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* glibc's fstat() is this call with an empty path. A path beside the flag would tell a file's
     * size and times, which no kernel's Landlock keeps back, and nothing of what is in it. */
    if (!error)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                 SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    if (!error) error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                                         SCMP_A1(SCMP_CMP_EQ, F_GETFL));
    /* abort() and raise(), at nobody but itself. */
    if (!error) error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                         SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return error;
}

static int load_filter(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) return ENOMEM;
    int error = add_rules(filter);
    if (!error) error = seccomp_load(filter);
    seccomp_release(filter);
    return -error;
}

int till_sandbox_enter(const struct till_sandbox_limits *limits,
                       struct till_sandbox_state *state) {
    state->seccomp = 0;
    int error = limit_resources(limits);
    if (error) return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if ((error = close_file_system(&state->landlock))) return error;
    if ((error = load_filter())) return error;
    state->seccomp = 1;
    return 0;
}
