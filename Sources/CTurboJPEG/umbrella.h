// The system's headers of libturbojpeg, found through pkg-config.
#include <turbojpeg.h>
