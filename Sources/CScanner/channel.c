#define _GNU_SOURCE
#include "scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int till_channel_send(int socket, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control.space;
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.head), &descriptor, sizeof descriptor);
    }
    for (;;) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent == (ssize_t)count) return 0;
        if (sent >= 0) return EMSGSIZE;
        if (errno != EINTR) return errno;
    }
}

int till_channel_receive(int socket, void *bytes, size_t capacity, size_t *count,
                         int *descriptor) {
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    /* Room for a few more than may come, so that those are seen, and closed. */
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control.space,
    };
    *count = 0;
    *descriptor = -1;
    ssize_t got;
    do got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0) return errno;
    int extra = 0;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        size_t number = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < number; index++) {
            int passed;
            memcpy(&passed, CMSG_DATA(head) + index * sizeof(int), sizeof passed);
            if (*descriptor < 0) *descriptor = passed;
            else {
                close(passed);
                extra = 1;
            }
        }
    }
    if (extra || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        if (*descriptor >= 0) close(*descriptor);
        *descriptor = -1;
        return EMSGSIZE;
    }
    *count = (size_t)got;
    return 0;
}

int till_sealed_file(const void *bytes, size_t count, int *descriptor) {
    int file = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return errno;
    const char *next = bytes;
    size_t left = count;
    while (left > 0) {
        ssize_t written = write(file, next, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            int error = written < 0 ? errno : EIO;
            close(file);
            return error;
        }
        next += written;
        left -= (size_t)written;
    }
    if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0 ||
        lseek(file, 0, SEEK_SET) != 0) {
        int error = errno;
        close(file);
        return error;
    }
    *descriptor = file;
    return 0;
}

int till_processor_time(pid_t process, uint64_t *microseconds) {
    clockid_t clock;
    int error = clock_getcpuclockid(process, &clock);
    if (error) return error;
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) return errno;
    *microseconds = (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
    return 0;
}

int till_resident_kib(pid_t process, uint64_t *kib) {
    char path[40];
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    char text[128];
    ssize_t got = read(file, text, sizeof text - 1);
    int error = got < 0 ? errno : 0;
    close(file);
    if (error) return error;
    text[got] = 0;
    unsigned long size, resident;
    if (sscanf(text, "%lu %lu", &size, &resident) != 2) return EPROTO;
    *kib = (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
    return 0;
}
