// The system's headers of libpng, found through pkg-config.
#include <png.h>
