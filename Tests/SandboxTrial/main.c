#include "sandbox_trial.h"

#include <stdio.h>
#include <stdlib.h>

/* A program of its own, small and of one thread: a child of the tests' own process would begin with
 * gigabytes mapped, and with the locks of threads that it does not have. Prints how the trial of
 * this number ended, as waitpid(2) says it. */
int main(int count, char **arguments) {
    if (count != 3) return 64;
    int status;
    enum till_trial trial = (enum till_trial)strtoul(arguments[1], NULL, 10);
    if (till_sandbox_try(trial, strtoull(arguments[2], NULL, 10), &status)) return 1;
    printf("%d\n", status);
    return 0;
}
