// The system's headers of openblas, found through pkg-config.
#include <cblas.h>
