#include <alsa/asoundlib.h>

static void till_alsa_says_nothing(const char *file, int line, const char *function, int error,
                                   const char *format, ...) {}

// The library prints to standard error what its answers say as well; Swift has no function of so many
// arguments to hand it.
static inline void till_alsa_be_quiet(void) { snd_lib_error_set_handler(till_alsa_says_nothing); }
