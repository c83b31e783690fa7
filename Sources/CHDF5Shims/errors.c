#include "CHDF5Shims.h"

#include <stdlib.h>
#include <string.h>

int hire_h5_start(void) {
    if (H5dont_atexit() < 0) return -1;
    return H5open();
}

void hire_h5_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/* A stack has a few dozen entries at most; what does not fit is left out. */
enum { ERROR_TEXT_SIZE = 2048 };

static herr_t append_entry(unsigned depth, const H5E_error2_t *entry, void *context) {
    char *text = context;
    size_t used = strlen(text);
    const char *separator = depth == 0 ? "" : " > ";
    size_t needed = strlen(separator) + strlen(entry->desc);
    if (entry->desc[0] == '\0' || used + needed + 1 > ERROR_TEXT_SIZE) return 0;
    strcat(text, used == 0 ? "" : separator);
    strcat(text, entry->desc);
    return 0;
}

char *hire_h5_take_error(void) {
    char *text = calloc(ERROR_TEXT_SIZE, 1);
    if (text == NULL) return NULL;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, append_entry, text);
    H5Eclear2(H5E_DEFAULT);
    return text;
}
