/* What a scanner process needs of the system that Swift cannot call: descriptors passed over a
 * socket, and the walls around the process. Every function returns 0 or a positive errno. */
#ifndef TILL_SCANNER_H
#define TILL_SCANNER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Sends one datagram, with a descriptor unless it is negative; never raises SIGPIPE. */
int till_channel_send(int socket, const void *bytes, size_t count, int descriptor);

/* Receives one datagram that waits already. *count is its length (0: the other side is gone),
 * *descriptor the descriptor that came with it, or -1. A datagram longer than the capacity, or
 * with more than one descriptor, is EMSGSIZE, and what came with it is closed. */
int till_channel_receive(int socket, void *bytes, size_t capacity, size_t *count,
                         int *descriptor);

/* A sealed, unnamed file of these bytes, for reading alone. */
int till_sealed_file(const void *bytes, size_t count, int *descriptor);

/* Processor time that a process has used, in microseconds. */
int till_processor_time(pid_t process, uint64_t *microseconds);

/* The resident memory of a process in KiB (statm), as the kernel counts it. */
int till_resident_kib(pid_t process, uint64_t *kib);

struct till_sandbox_limits {
    /* Bytes of address space beyond what is mapped already. */
    uint64_t memory_bytes;
    /* Seconds of processor time, after which the process is killed. */
    uint64_t processor_seconds;
};

struct till_sandbox_state {
    /* The version of Landlock's interface in force; 0 where the kernel has none. */
    int landlock;
    /* 1 when the seccomp filter is in force. */
    int seccomp;
};

/* Closes every descriptor from `first` on. */
int till_close_from(int first);

/* Shuts this process in, for good: resource limits, no new privileges, no files (Landlock where the
 * kernel has it), and a seccomp filter that leaves reading and writing what is open, memory, time
 * and the ioctls of a V4L2 camera. The call fails rather than leave the filter out. */
int till_sandbox_enter(const struct till_sandbox_limits *limits,
                       struct till_sandbox_state *state);

/* Kills this process by itself, once it has used so many more milliseconds of processor time; 0
 * disarms. A scanner whose daemon has gone in the middle of a frame must not run for ever. */
int till_processor_alarm(uint32_t milliseconds);

#endif
