/* Tries what a scanner process must not be able to do, in a child that has shut itself in. */
#ifndef TILL_SANDBOX_TRIAL_H
#define TILL_SANDBOX_TRIAL_H

#include <stdint.h>

enum till_trial {
    TILL_TRIAL_NOTHING,
    TILL_TRIAL_OPEN_FILE,
    TILL_TRIAL_LIST_FOLDER,
    TILL_TRIAL_SOCKET,
    TILL_TRIAL_FORK,
    TILL_TRIAL_EXECUTE,
    TILL_TRIAL_SIGNAL_PARENT,
    TILL_TRIAL_TRACE_PARENT,
    TILL_TRIAL_TERMINAL_IOCTL,
    TILL_TRIAL_EXECUTABLE_MEMORY,
    TILL_TRIAL_MUCH_MEMORY,
    TILL_TRIAL_SOME_MEMORY,
    TILL_TRIAL_NAMESPACE,
    TILL_TRIAL_ENDLESS_LOOP,
};

/* Runs one trial in a child of its own. *status is what waitpid(2) says: exit code 0 where the
 * trial did what it tried, else the errno with which it was refused, or a signal. */
int till_sandbox_try(enum till_trial trial, uint64_t memory_bytes, int *status);

#endif
